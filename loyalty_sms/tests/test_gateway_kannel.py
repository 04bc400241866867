import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_gateways import GatewayCommon

STATUS = b"""<?xml version="1.0"?>
<gateway>
 <version>Kannel bearerbox version `1.4.5'.</version>
 <status>running, uptime 0d 0h 1m 5s</status>
 <sms><received><total>3</total><queued>0</queued></received>
  <sent><total>120</total><queued>7</queued></sent></sms>
 <dlr><queued>5</queued><storage>spool</storage></dlr>
 <boxes><box><type>smsbox</type><id></id><IP>127.0.0.1</IP><queue>0</queue>
  <status>on-line 0d 0h 1m 4s</status></box></boxes>
 <smscs><count>2</count>
  <smsc><name>SMPP:smsc.example</name><admin-id>op1</admin-id><id>op1</id>
   <status>online 64s</status><failed>1</failed><queued>7</queued>
   <sms><received>3</received><sent>120</sent></sms></smsc>
  <smsc><name>SMPP:other.example</name><admin-id>op2</admin-id><id>op2</id>
   <status>re-connecting</status><failed>0</failed><queued>0</queued>
   <sms><received>0</received><sent>0</sent></sms></smsc>
 </smscs>
</gateway>"""


class FakeBearerbox(BaseHTTPRequestHandler):
    def do_GET(self):
        good = self.path == "/status.xml?password=stat"
        body = STATUS if good else b"<gateway>Denied</gateway>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Nothing on the terminal."""


@tagged("post_install", "-at_install")
class TestKannel(GatewayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = HTTPServer(("127.0.0.1", 0), FakeBearerbox)
        thread = threading.Thread(target=cls.server.serve_forever, args=(0.02,))
        thread.start()
        cls.addClassCleanup(thread.join)
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        cls.gateway = cls._gateway(
            kind="kannel",
            login="odoo",
            secret="pass",
            kannel_url="http://127.0.0.1:14013/cgi-bin/sendsms",
            kannel_admin_url=f"http://127.0.0.1:{cls.server.server_port}",
            kannel_admin_password="admin",
            kannel_status_password="stat",
            webhook_base="https://shop.example",
        )

    def _link(self, name="op1", **values):
        return self.env["loyalty.sms.kannel.link"].create(
            {
                "gateway_id": self.gateway.id,
                "name": name,
                "host": "smsc.example",
                "system_id": "esme",
                "password": "p4ss",
                **values,
            }
        )

    def _page(self, user=None):
        pages = self.env["loyalty.sms.kannel.status"].with_user(user or self.admin)
        names = list(pages._fields)
        return pages.with_context(default_gateway_id=self.gateway.id).default_get(names)

    def test_the_configuration_has_our_links_and_addresses(self):
        self._link(tps=20)
        self._link("op2", mode="two", receive_port=2776)
        text = self.gateway.kannel_conf
        key = self.gateway.webhook_key
        for line in (
            "sendsms-port = 14013",
            'smsc-password = "p4ss"',
            "throughput = 20",
            "receive-port = 2776",
            'username = "odoo"',
            f'get-url = "https://shop.example/loyalty_sms/cb/{key}/inbound'
            '?from=%p&to=%P&text=%a&id=%I&smsc=%i"',
        ):
            self.assertIn(f"{line}\n", text)
        self.assertEqual(text.count("group = smsc\n"), 3)

    def test_without_links_it_says_what_lacks(self):
        self.assertTrue(self.gateway.kannel_conf.startswith("# Add a link"))

    def test_a_value_cannot_add_lines_of_its_own(self):
        self._link(system_id='esme"\nadmin-allow-ip = "*.*.*.*')
        self.assertNotIn("group", self.gateway.kannel_conf)

    def test_the_status_is_shown_in_words_and_numbers(self):
        values = self._page()
        self.assertTrue(values["is_running"])
        self.assertEqual((values["queued"], values["reports"]), (7, 5))
        lines = [line[2] for line in values["line_ids"]]
        self.assertEqual(
            [(line["kind"], line["name"], line["is_online"]) for line in lines],
            [("box", "smsbox", True), ("link", "op1", True), ("link", "op2", False)],
        )
        self.assertEqual((lines[1]["sent"], lines[1]["failed"]), (120, 1))

    def test_a_wrong_password_is_named_as_such(self):
        self.gateway.kannel_status_password = "other"
        values = self._page()
        self.assertFalse(values["is_running"])
        self.assertIn("password", values["trouble"])

    def test_a_kannel_that_is_not_there_is_named_as_such(self):
        self.gateway.kannel_admin_url = "http://127.0.0.1:9"
        values = self._page()
        self.assertFalse(values["is_running"])
        self.assertIn("bearerbox", values["trouble"])
        self.assertNotIn("stat", values["trouble"])

    def test_only_the_administrator_sees_it(self):
        for user in (self.user, self.manager):
            with self.assertRaises(AccessError):
                self._page(user)
