"""XML of strangers: no document type, no entities, bounded depth and memory."""

from lxml import etree

from ..errors import ExchangeError

MAX_DEPTH = 64
# Bytes read without one wanted element coming to its end: what may be in memory.
ITEM_BYTES = 32 << 20
MAX_ELEMENTS = 50_000_000
_HEAD = 1 << 16
_OPTIONS = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_too_deep = etree.XPath(f"boolean(.//*[count(ancestor::*) >= {MAX_DEPTH}])")


class _Guarded:
    """A stream that refuses a document type and items without an end."""

    def __init__(self, stream, where, item_bytes):
        self._stream = stream
        self._where = where
        self._limit = item_bytes
        self._unseen = 0
        self._head = b""

    # Called by the parser; no record is read here.
    def read(self, size=-1):  # pylint: disable=method-required-super
        data = self._stream.read(size)
        if len(self._head) < _HEAD:
            self._head += data
            _refuse_doctype(self._head, self._where)
        self._unseen += len(data)
        if self._unseen > self._limit:
            raise ExchangeError("xml_item_large", self._where, limit=self._limit)
        return data

    def seen(self):
        self._unseen = 0


def _refuse_doctype(head, where):
    """Look for the declaration in the bytes, so that the parser never sees it."""
    # Without the zeros UTF-16 and UTF-32 read as ASCII where they are ASCII.
    text = head.replace(b"\0", b"").upper()
    for word in (b"<!DOCTYPE", b"<!ENTITY"):
        if word in text:
            # Inside the data it is a CDATA section or a comment, which is no harm.
            before = text[: text.index(word)]
            if before.count(b"<![CDATA[") == before.count(b"]]>"):
                raise ExchangeError("xml_doctype", where)


def safe_iterparse(
    stream, tags, where="", containers=(), item_bytes=ITEM_BYTES, encoding=None
):
    """Yield ``(event, element)`` of a file of any size, in the memory of one item.

    ``"end"`` comes for the elements named ``tags`` (local names): each is complete,
    and it is emptied, and what stands before it is removed, when the next one is asked
    for. One inside another is yielded first and emptied with the outer one.
    ``"start"`` comes for ``containers``: their attributes are there, their children
    are not yet, and they do not keep the items inside them.

    :param stream: binary file
    :param item_bytes: most bytes of the file between the ends of two items
    :raise ExchangeError: ``xml_doctype``, ``xml_broken``, ``xml_deep``,
        ``xml_item_large``
    """
    guarded = _Guarded(stream, where, item_bytes)
    wanted = [f"{{*}}{tag}" for tag in (*tags, *containers)]
    context = etree.iterparse(
        guarded, events=("start", "end"), tag=wanted, encoding=encoding, **_OPTIONS
    )
    depth, looked, items = 0, False, frozenset(tags)
    try:
        for event, element in context:
            if not looked:
                looked = True
                _check_tree(element.getroottree(), where)
            if etree.QName(element).localname not in items:
                if event == "start":
                    yield event, element
                continue
            depth += 1 if event == "start" else -1
            if event == "end":
                _check_depth(element, where)
                yield event, element
                if not depth:
                    guarded.seen()
                    _forget(element)
        _check_end(context, where)
    except etree.XMLSyntaxError as error:
        raise _broken(error, where) from error


def check(stream, where="", encoding=None):
    """Read a whole file and refuse what may not be in it; nothing is kept.

    :return: number of its elements
    :raise ExchangeError: like ``safe_iterparse``, and ``xml_elements``
    """
    guarded = _Guarded(stream, where, ITEM_BYTES)
    context = etree.iterparse(
        guarded, events=("start", "end"), encoding=encoding, **_OPTIONS
    )
    depth = count = 0
    try:
        for event, element in context:
            if event == "start":
                depth += 1
                count += 1
                if depth > MAX_DEPTH:
                    raise ExchangeError("xml_deep", where, limit=MAX_DEPTH)
                if count > MAX_ELEMENTS:
                    raise ExchangeError("xml_elements", where, limit=MAX_ELEMENTS)
                continue
            depth -= 1
            guarded.seen()
            _forget(element)
        _check_end(context, where)
    except etree.XMLSyntaxError as error:
        raise _broken(error, where) from error
    return count


def _check_tree(tree, where):
    if tree.docinfo.internalDTD is not None or tree.docinfo.doctype:
        raise ExchangeError("xml_doctype", where)


def _check_end(context, where):
    if context.root is None:
        raise ExchangeError("xml_broken", where, line=1, reason="no element found")
    _check_tree(context.root.getroottree(), where)


def _check_depth(element, where):
    if _too_deep(element):
        raise ExchangeError("xml_deep", where, limit=MAX_DEPTH)


def _forget(element):
    """Give back the memory of what was read, and of what stands before it."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    if parent is None:
        return
    while element.getprevious() is not None:
        del parent[0]


def _broken(error, where):
    line = error.position[0] if error.position else 0
    return ExchangeError("xml_broken", where, line=line, reason=error.msg)
