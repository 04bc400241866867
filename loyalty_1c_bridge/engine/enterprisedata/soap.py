"""The web services EnterpriseDataExchange and EnterpriseDataUpload of 1C, as a client.

Transport only: envelopes, parts and polling; who calls and over what wire is given.
The payload is a zip archive with one XML message.
"""

import base64
import math
import time
import uuid

from lxml import etree

from ..errors import ExchangeError

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
EXCHANGE = "EnterpriseDataExchange_1_0_1_1"
UPLOAD = "EnterpriseDataUpload_1_0_1_1"
PAUSE_S = 3


def address(base, service):
    """URL of a service of a published base.

    >>> address("http://1c.local/bp/", EXCHANGE)
    'http://1c.local/bp/ws/EnterpriseDataExchange_1_0_1_1.1cws'
    """
    return f"{base.rstrip('/')}/ws/{service}.1cws"


class Client:
    """One conversation with a service.

    :param post: called with (SOAP action, bytes), gives ``(status, bytes)``
    :param plan: exchange plan, and ``peer`` our code in it (not for the upload)
    :param part_kb: size of the parts in KB, 0 for one part
    :param patience_s: how long a running operation is waited for
    """

    def __init__(
        self,
        post,
        service=EXCHANGE,
        plan="",
        peer="",
        part_kb=1024,
        patience_s=180,
        sleep=time.sleep,
    ):
        self.post = post
        self.service = service
        self.space = f"http://www.1c.ru/SSL/{service}"
        self.plan = plan
        self.peer = peer
        self.part_kb = part_kb
        self.patience_s = patience_s
        self.sleep = sleep

    def test(self):
        """Whether the service is there and knows our code."""
        self._call("Ping")
        answer = self._call("TestConnection", **self._who())
        if answer.get("return") != "true":
            raise ExchangeError("soap_unknown_node", self.peer, plan=self.plan)

    def put(self, archive):
        """Hand an archive over, and wait until 1C has worked it off.

        Repeating it with the same archive is harmless: 1C knows the message's number.
        """
        file_id = str(uuid.uuid4())
        for number, part in self._parts(archive):
            self._call(
                "PutFilePart",
                FileID=file_id,
                PartNumber=number,
                PartData=base64.b64encode(part).decode(),
            )
        answer = self._call("PutData", **self._who(), FileID=file_id)
        operation = self._operation(answer)
        status = self._wait("PutDataActionResult", operation, self._plain_status)
        if status != "Completed":
            raise ExchangeError("soap_operation", "PutData", status=status)

    def get(self):
        """``(file id, archive)`` of the message of 1C, to be confirmed when kept."""
        answer = self._call(
            "PrepareDataForGetting", **self._who(), PartSize=self.part_kb
        )
        operation = self._operation(answer)
        found = {}

        def status(answer):
            found.update(answer)
            return answer.get("return/Status") or answer.get("return") or ""

        ended = self._wait("PrepareDataActionResult", operation, status)
        if ended != "Completed":
            raise ExchangeError("soap_operation", "PrepareDataForGetting", status=ended)
        file_id = found.get("return/FileID") or ""
        count = int(found.get("return/PartCount") or "0")
        parts = [
            self._call("GetDataPart", FileID=file_id, PartNumber=number)
            for number in range(1, count + 1)
        ]
        return file_id, b"".join(_decode(part.get("return")) for part in parts)

    def confirm(self, file_id):
        """1C may forget the file: it is kept on our side."""
        self._call("ConfirmGettingFile", FileID=file_id, ClearDataPool="true")

    def _who(self):
        if self.service == UPLOAD:
            return {}
        return {"ExchangePlanName": self.plan, "PeerCode": self.peer}

    def _parts(self, archive):
        """Numbered parts; a single one has the number 0, several begin with 1."""
        size = self.part_kb * 1024
        count = math.ceil(len(archive) / size) if size else 1
        if count <= 1:
            return [(0, archive)]
        return [
            (number + 1, archive[number * size : (number + 1) * size])
            for number in range(count)
        ]

    def _operation(self, answer):
        operation = answer.get("OperationID")
        if not operation:
            raise ExchangeError("soap_answer", self.service)
        return operation

    def _plain_status(self, answer):
        return answer.get("return") or ""

    def _wait(self, name, operation, status_of):
        waited = 0
        while True:
            status = status_of(self._call(name, OperationID=operation))
            if status != "Active":
                return status
            if waited >= self.patience_s:
                raise ExchangeError("soap_slow", name, seconds=self.patience_s)
            self.sleep(PAUSE_S)
            waited += PAUSE_S

    def _call(self, name, **values):
        status, body = self.post(
            f"{self.space}#{self.service}:{name}", self._envelope(name, values)
        )
        if status in (401, 403):
            raise ExchangeError("soap_refused", name, status=status)
        if status == 404:
            raise ExchangeError("soap_missing", self.service)
        return self._answer(name, status, body)

    def _envelope(self, name, values):
        root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
        body = etree.SubElement(root, f"{{{ENVELOPE}}}Body")
        call = etree.SubElement(
            body, f"{{{self.space}}}{name}", nsmap={"m": self.space}
        )
        for key, value in values.items():
            etree.SubElement(call, f"{{{self.space}}}{key}").text = str(value)
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True)

    def _answer(self, name, status, body):
        """``{"return": text, "return/Status": text, "ErrorMessage": text}``."""
        try:
            root = etree.fromstring(
                body, etree.XMLParser(resolve_entities=False, no_network=True)
            )
        except etree.XMLSyntaxError as error:
            raise ExchangeError("soap_answer", name, status=status) from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise ExchangeError("xml_doctype", name)
        fault = root.findtext(f".//{{{ENVELOPE}}}Fault/faultstring")
        if fault is not None:
            raise ExchangeError("soap_fault", name, message=fault.strip()[:500])
        node = root.find(f".//{{{self.space}}}{name}Response")
        if node is None:
            raise ExchangeError("soap_answer", name, status=status)
        answer = {}
        for child in node:
            key = etree.QName(child).localname
            answer[key] = (child.text or "").strip()
            for inner in child:
                answer[f"{key}/{etree.QName(inner).localname}"] = (
                    inner.text or ""
                ).strip()
        if answer.get("ErrorMessage"):
            raise ExchangeError(
                "soap_fault", name, message=answer["ErrorMessage"][:500]
            )
        return answer


def _decode(text):
    try:
        return base64.b64decode(text or "", validate=False)
    except ValueError as error:
        raise ExchangeError("soap_answer", "GetDataPart") from error
