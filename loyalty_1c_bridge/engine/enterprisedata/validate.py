"""Proof of a finished message against the official schema of its version."""

import gzip
import io
from functools import lru_cache

from lxml import etree

from . import FORMAT, MESSAGE
from .schema import packed


class _Shipped(etree.Resolver):
    """Gives the schema of the envelope to a schema that imports it."""

    def resolve(self, url, public_id, context):
        if url.endswith("ExchangeMessage.xsd"):
            return self.resolve_string(_xsd("ExchangeMessage"), context)
        return None


def validate(content, version):
    """Problems of a message as texts, none when it is valid.

    Header, order and values of each object; compiling a schema takes half a second and
    is kept, so this is for tests, for a look at a file, and not for every message sent.

    :param content: bytes of the message, with or without a byte order mark
    :param version: ``""`` for a handshake
    """
    root = etree.fromstring(content, _parser())
    header = root.find(f"{{{MESSAGE}}}Header")
    if root.tag != "Message" or header is None:
        return [f"{root.tag}: no Message with a Header"]
    problems = _problems(_schema("ExchangeMessage"), header)
    body = root.find(f"{{{FORMAT}/{version}}}Body") if version else None
    if body is None:
        return problems + ([f"no Body of {version}"] if version else [])
    schema = _schema(version)
    for node in body:
        problems += _problems(schema, node)
    return problems


def _problems(schema, node):
    # Out of its message the object is a document, as the schema wants it.
    alone = etree.fromstring(etree.tostring(node, encoding="UTF-8"), _parser())
    if schema.validate(alone):
        return []
    return [f"{error.line}: {error.message}" for error in schema.error_log]


@lru_cache(maxsize=8)
def _schema(name):
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    parser.resolvers.add(_Shipped())
    return etree.XMLSchema(etree.parse(io.BytesIO(_xsd(name)), parser))


def _xsd(name):
    return gzip.decompress(packed(f"{name}.xsd.gz"))


def _parser():
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
