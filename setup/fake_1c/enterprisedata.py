"""A 1C base with the web services of EnterpriseData, on the loopback.

    python setup/fake_1c/enterprisedata.py --port 8199 --code БП --peer ОД

It reads messages for real (zip, XML, numbers, receipts), keeps objects by GUID and
answers with messages of its own. In tests it runs in a thread and can be asked to
misbehave, see :class:`Base`.
"""

import argparse
import base64
import contextlib
import io
import pathlib
import sys
import threading
import uuid
import xml.etree.ElementTree as ElementTree
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from exchange_plan import PLAN, Node, Refused

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
EXCHANGE = "EnterpriseDataExchange_1_0_1_1"
UPLOAD = "EnterpriseDataUpload_1_0_1_1"
RESULT = "http://v8.1c.ru/SSL/Exchange/EnterpriseDataExchange"


class Base:
    """State of the base behind the services.

    ``polls``: how often an operation is ``Active`` before it ends; ``drop``: names of
    operations after whose work the connection is cut without an answer, once each;
    ``redirect``: an address to which every call is sent; ``calls``: what was called.
    """

    def __init__(self, node=None, user="bridge", password="secret"):
        self.node = node or Node()
        self.user = user
        self.password = password
        self.polls = 0
        self.drop = []
        self.redirect = None
        self.calls = []
        self.files = {}
        self.operations = {}
        self.ready = {}
        self.uploaded = []

    # Each operation takes a dict of texts and gives a dict of texts.

    def Ping(self, values):
        return {"return": ""}

    def TestConnection(self, values):
        known = (
            values.get("ExchangePlanName", PLAN) == PLAN
            and values.get("PeerCode", self.node.peer) == self.node.peer
        )
        return {
            "return": "true" if known else "false",
            "ErrorMessage": "" if known else "Не найден узел плана обмена",
        }

    def PutFilePart(self, values):
        parts = self.files.setdefault(values["FileID"], {})
        parts[int(values["PartNumber"])] = base64.b64decode(values["PartData"])
        return {"return": "", "ErrorMessage": ""}

    def PutData(self, values):
        parts = self.files.pop(values["FileID"], {})
        archive = b"".join(parts[number] for number in sorted(parts))
        operation = str(uuid.uuid4())
        self.operations[operation] = [self.polls, self._load(archive, values)]
        return {"return": "", "OperationID": operation, "ErrorMessage": ""}

    def _load(self, archive, values):
        try:
            with zipfile.ZipFile(io.BytesIO(archive)) as opened:
                names = opened.namelist()
                if len(names) != 1:
                    raise Refused("В архиве должен быть один файл")
                content = opened.read(names[0])
            if "PeerCode" in values:
                self.node.load(content)
            else:
                self.uploaded.append(content)
        except (Refused, zipfile.BadZipFile, ElementTree.ParseError) as error:
            return f"Error: {error}"
        return "Completed"

    def PutDataActionResult(self, values):
        status = self._status(values["OperationID"])
        if status.startswith("Error"):
            return {"return": "Failed", "ErrorMessage": status}
        return {"return": status, "ErrorMessage": ""}

    def _status(self, operation):
        state = self.operations[operation]
        if state[0] > 0:
            state[0] -= 1
            return "Active"
        return state[1]

    def PrepareDataForGetting(self, values):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data.xml", self.node.unload())
        content = buffer.getvalue()
        size = int(float(values["PartSize"])) * 1024 or len(content)
        operation, file_id = str(uuid.uuid4()), str(uuid.uuid4())
        self.ready[file_id] = [
            content[start : start + size] for start in range(0, len(content), size)
        ]
        self.operations[operation] = [self.polls, file_id]
        return {"return": "", "OperationID": operation, "ErrorMessage": ""}

    def PrepareDataActionResult(self, values):
        found = self._status(values["OperationID"])
        active = found == "Active"
        file_id = "" if active else found
        count = 0 if active else len(self.ready[file_id])
        status = "Active" if active else "Completed"
        return {
            "return": (
                f'<Status xmlns="{RESULT}">{status}</Status>'
                f'<FileID xmlns="{RESULT}">{file_id}</FileID>'
                f'<PartCount xmlns="{RESULT}">{count}</PartCount>'
            ),
            "ErrorMessage": "",
            "raw": True,
        }

    def GetDataPart(self, values):
        part = self.ready[values["FileID"]][int(values["PartNumber"]) - 1]
        return {"return": base64.b64encode(part).decode(), "ErrorMessage": ""}

    def ConfirmGettingFile(self, values):
        self.ready.pop(values["FileID"], None)
        return {"return": "", "ErrorMessage": ""}


class Handler(BaseHTTPRequestHandler):
    base = None

    def log_message(self, *args):
        """Nothing is printed: tests look at ``base.calls``."""

    def do_GET(self):
        self._answer(200, b"<html>1C</html>")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.base.redirect:
            self.send_response(302)
            self.send_header("Location", self.base.redirect)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if not self._is_allowed():
            self._answer(401, b"")
            return
        service = self.path.rpartition("/")[2].removesuffix(".1cws")
        if service not in (EXCHANGE, UPLOAD):
            self._answer(404, b"")
            return
        call = ElementTree.fromstring(body).find(f"{{{SOAP}}}Body")[0]
        space, _, name = call.tag.partition("}")
        values = {child.tag.partition("}")[2]: child.text or "" for child in call}
        self.base.calls.append(name)
        found = getattr(self.base, name)(values)
        if name in self.base.drop:
            self.base.drop.remove(name)
            self.close_connection = True
            return
        self._answer(200, _envelope(name, space.strip("{"), found))

    def _is_allowed(self):
        told = self.headers.get("Authorization", "").removeprefix("Basic ")
        wanted = f"{self.base.user}:{self.base.password}".encode()
        return told == base64.b64encode(wanted).decode()

    def _answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _envelope(name, space, values):
    raw = values.pop("raw", False)
    inner = "".join(
        f"<m:{key}>{value if raw and key == 'return' else escape(value)}</m:{key}>"
        for key, value in values.items()
    )
    return (
        f'<soap:Envelope xmlns:soap="{SOAP}"><soap:Body>'
        f'<m:{name}Response xmlns:m="{space}">{inner}</m:{name}Response>'
        "</soap:Body></soap:Envelope>"
    ).encode()


def serve(base, port=0):
    """A server for ``base`` on the loopback; its port is ``server.server_port``."""
    handler = type("BoundHandler", (Handler,), {"base": base})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


@contextlib.contextmanager
def running(base):
    """Serve ``base`` in a thread; gives its address."""
    server = serve(base)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/bp"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8199)
    parser.add_argument("--code", default="БП")
    parser.add_argument("--peer", default="ОД")
    parser.add_argument("--version", default="1.19")
    parser.add_argument("--user", default="bridge")
    parser.add_argument("--password", default="secret")
    options = parser.parse_args()
    node = Node(options.code, options.peer, options.version)
    base = Base(node, options.user, options.password)
    with serve(base, options.port) as server, contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
