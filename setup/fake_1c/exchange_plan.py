"""The side of 1C in an EnterpriseData exchange: numbers, receipts, objects by GUID.

Written from the rules of the library of standard subsystems, without a line of the
bridge, so that both cannot be wrong in the same way.
"""

import datetime
import threading
import xml.etree.ElementTree as ElementTree

MESSAGE = "http://www.1c.ru/SSL/Exchange/Message"
FORMAT = "http://v8.1c.ru/edi/edi_stnd/EnterpriseData"
PLAN = "СинхронизацияДанныхЧерезУниверсальныйФормат"
MSG = f"{{{MESSAGE}}}"


class Refused(Exception):
    """1C does not load the message; its numbers stay as they were."""


class Node:
    """One node of the exchange plan of a 1C base.

    ``objects``: what came, ``{(type name, GUID): element}``; ``loaded``: numbers whose
    body was loaded; ``changes``: own objects registered for sending, with the number of
    the message that carried them first.
    """

    def __init__(self, code="БП", peer="ОД", version="1.19", versions=None):
        self.code = code
        self.peer = peer
        self.version = version
        self.versions = versions or ["1.10", "1.16", "1.17", "1.19"]
        self.sent = 0
        self.received = 0
        self.peer_settings = None
        self.objects = {}
        self.loaded = []
        self.deleted = []
        self.own = {}
        self.changes = {}
        self.lock = threading.RLock()
        # Misbehaviour to be asked for by tests.
        self.swap_codes = False
        self.claim_received = None

    def register(self, type_name, guid, xml):
        """An object of 1C changed and is to be sent; ``xml`` is what it contains."""
        with self.lock:
            self.own[type_name, guid] = xml
            self.changes[type_name, guid] = 0

    # --- loading --------------------------------------------------------------------

    def load(self, content):
        """Load a message; ``"loaded"``, ``"accepted before"`` or ``"settings"``."""
        with self.lock:
            root = ElementTree.fromstring(content)
            if root.tag != "Message":
                raise Refused("Ожидается элемент Message")
            header = root.find(f"{MSG}Header")
            confirmation = header.find(f"{MSG}Confirmation")
            form = header.findtext(f"{MSG}Format")
            self._check(confirmation)
            number = int(confirmation.findtext(f"{MSG}MessageNo"))
            if form == FORMAT:
                self.peer_settings = [
                    node.text for node in header.findall(f"{MSG}AvailableVersion")
                ]
                return "settings"
            receipt = int(confirmation.findtext(f"{MSG}ReceivedNo"))
            if receipt > self.sent:
                raise Refused("Номер принятого сообщения больше номера отправленного")
            self._forget(receipt)
            if number <= self.received:
                return "accepted before"
            self._load_body(root, form)
            self.received = number
            self.loaded.append(number)
            return "loaded"

    def _check(self, confirmation):
        plan = confirmation.findtext(f"{MSG}ExchangePlan")
        sender = confirmation.findtext(f"{MSG}From")
        receiver = confirmation.findtext(f"{MSG}To")
        if plan != PLAN:
            raise Refused(f"Нет плана обмена {plan}")
        if sender != self.peer or receiver != self.code:
            raise Refused(f"Сообщение от {sender} для {receiver}, а не для нас")

    def _load_body(self, root, form):
        space = f"{{{form}}}"
        version = form.rpartition("/")[2]
        if version not in self.versions:
            raise Refused(f"Версия формата {version} не поддерживается")
        body = root.find(f"{space}Body")
        if body is None:
            raise Refused("Нет элемента Body в пространстве имен формата")
        for node in body:
            if not node.tag.startswith(space):
                raise Refused(f"Неизвестный элемент {node.tag}")
            name = node.tag.removeprefix(space)
            if name == "УдалениеОбъекта":
                self.deleted.append("".join(node.itertext()).strip())
                continue
            self.objects[name, self._key(name, node, space)] = node

    def _key(self, name, node, space):
        """GUID; currencies and units of classifiers have their code instead."""
        key = node.find(f"{space}КлючевыеСвойства")
        found = None if key is None else key.findtext(f"{space}Ссылка")
        if not found and key is not None:
            found = key.findtext(f"{space}ДанныеКлассификатора/{space}Код")
        if not found:
            raise Refused(f"{name}: не заполнена Ссылка")
        return found

    def _forget(self, receipt):
        self.changes = {
            key: number
            for key, number in self.changes.items()
            if not number or number > receipt
        }

    # --- unloading ------------------------------------------------------------------

    def unload(self):
        """The next message: everything registered that has no receipt."""
        with self.lock:
            self.sent += 1
            body = []
            for key, number in self.changes.items():
                self.changes[key] = number or self.sent
                type_name, _guid = key
                body.append(f"<{type_name}>{self.own[key]}</{type_name}>")
            return self._message(self.sent, "".join(body)).encode("utf-8-sig")

    def settings(self):
        """A handshake: versions, without number and body."""
        return self._message(0, None).encode("utf-8-sig")

    def _message(self, number, body):
        sender, receiver = self.code, self.peer
        if self.swap_codes:
            sender, receiver = receiver, sender
        received = self.received if self.claim_received is None else self.claim_received
        form = FORMAT if body is None else f"{FORMAT}/{self.version}"
        versions = "".join(
            f"<msg:AvailableVersion>{version}</msg:AvailableVersion>"
            for version in self.versions
        )
        content = "" if body is None else f'<Body xmlns="{form}">{body}</Body>'
        now = datetime.datetime.now().replace(microsecond=0).isoformat()
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<Message xmlns:msg="{MESSAGE}"><msg:Header>'
            f"<msg:Format>{form}</msg:Format>"
            f"<msg:CreationDate>{now}</msg:CreationDate>"
            f"<msg:Confirmation><msg:ExchangePlan>{PLAN}</msg:ExchangePlan>"
            f"<msg:To>{receiver}</msg:To><msg:From>{sender}</msg:From>"
            f"<msg:MessageNo>{number}</msg:MessageNo>"
            f"<msg:ReceivedNo>{received if number else 0}</msg:ReceivedNo>"
            f"</msg:Confirmation>{versions}</msg:Header>{content}</Message>"
        )
