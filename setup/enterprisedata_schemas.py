"""Make the compact tables of EnterpriseData that the 1C bridge ships.

    python setup/enterprisedata_schemas.py FOLDER

``FOLDER`` holds ``EnterpriseData_1_19_1.xsd`` and so on, and ``ExchangeMessage.xsd``:
the packages of 1C's library of standard subsystems (CC-BY-4.0) as XML schemas. Two
files come of each: a table that reader and writer use, and the schema itself, packed,
against which finished messages are proved. See ``formats/NOTICE`` for the licence.
"""

import gzip
import json
import pathlib
import re
import sys

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"
OUT = (
    pathlib.Path(__file__).parents[1]
    / "loyalty_1c_bridge/engine/enterprisedata/formats"
)
FACETS = {
    "maxLength": "max",
    "minLength": "min",
    "length": "length",
    "totalDigits": "digits",
    "fractionDigits": "fraction",
}


def type_name(text):
    """``tns:X`` -> ``X``, ``xs:string`` -> ``:string``, a reference -> ``:Ref``."""
    prefix, _, name = text.partition(":")
    return name if prefix == "tns" else f":{name}"


class Table:
    def __init__(self, root):
        self.types = {}
        for node in root.iterchildren(XS + "complexType", XS + "simpleType"):
            self.add(node.get("name"), node)
        self.objects = {
            node.get("name"): type_name(node.get("type"))
            for node in root.iterchildren(XS + "element")
        }

    def add(self, name, node):
        if node.tag == XS + "simpleType":
            self.types[name] = self.simple(node)
        else:
            self.types[name] = self.complex(name, node)

    def simple(self, node):
        union = node.find(XS + "union")
        if union is not None:
            members = union.get("memberTypes").split()
            return ["u", [type_name(member) for member in members]]
        restriction = node.find(XS + "restriction")
        facets = {}
        for facet in restriction:
            kind = facet.tag.removeprefix(XS)
            if kind == "enumeration":
                facets.setdefault("enum", []).append(facet.get("value"))
            elif kind == "pattern":
                facets["pattern"] = facet.get("value")
            else:
                facets[FACETS[kind]] = int(facet.get("value"))
        return ["v", type_name(restriction.get("base")), facets]

    def complex(self, name, node):
        extension = node.find(f"{XS}complexContent/{XS}extension")
        inner = node if extension is None else extension
        choice = inner.find(XS + "choice")
        group = inner.find(XS + "sequence") if choice is None else choice
        elements = [] if group is None else [self.element(name, one) for one in group]
        return ["s" if choice is None else "c", elements]

    def element(self, owner, node):
        """``[name, type, flags]``; flags: ``?`` optional, ``*`` many, ``0`` nil."""
        name = node.get("name")
        kind = node.get("type")
        if kind is None:
            inline = f"{owner}/{name}"
            self.add(inline, node[0])
            kind = f"tns:{inline}"
        flags = "?" if node.get("minOccurs") == "0" else ""
        flags += "*" if node.get("maxOccurs") == "unbounded" else ""
        flags += "0" if node.get("nillable") == "true" else ""
        return [name, type_name(kind), flags]


def pack(path, data):
    path.write_bytes(gzip.compress(data, 9, mtime=0))


def main(folder):
    OUT.mkdir(exist_ok=True)
    for source in sorted(pathlib.Path(folder).glob("EnterpriseData_*.xsd")):
        major, minor, build = re.findall(r"\d+", source.stem)
        table = Table(etree.parse(source).getroot())
        content = {
            "version": f"{major}.{minor}",
            "package": f"{major}.{minor}.{build}",
            "objects": table.objects,
            "types": table.types,
        }
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        pack(OUT / f"{major}.{minor}.json.gz", text.encode())
        pack(OUT / f"{major}.{minor}.xsd.gz", source.read_bytes())
    envelope = pathlib.Path(folder) / "ExchangeMessage.xsd"
    pack(OUT / "ExchangeMessage.xsd.gz", envelope.read_bytes())


if __name__ == "__main__":
    main(sys.argv[1])
