from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.iap.tools import iap_tools
from odoo.addons.loyalty_club.tests.common import LoyaltyCommon
from odoo.addons.sms.models.res_company import ResCompany
from odoo.addons.sms.tools.sms_api import SmsApi, SmsApiBase

from ..tools.sms_api import LoyaltySmsApi, NoGatewaySmsApi


@tagged("post_install", "-at_install")
class TestIapIsClosed(LoyaltyCommon):
    """Odoo's own paid service is never called, whatever is or is not set up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["loyalty.sms.gateway"].search([]).active = False

    def _sms(self, **values):
        return self.env["sms.sms"].create(
            {"number": "+37491234567", "body": "Hello", **values}
        )

    def _send(self, sms):
        def refuse(*args, **kwargs):
            raise AssertionError("IAP was called")

        with patch.object(iap_tools, "iap_jsonrpc", refuse):
            sms.send(unlink_sent=False)

    def test_without_a_gateway_the_sms_says_so(self):
        sms = self._sms()
        accounts = self.env["iap.account"].search_count([])
        self._send(sms)
        self.assertRecordValues(
            sms, [{"state": "error", "failure_type": "sms_no_gateway"}]
        )
        self.assertEqual(self.env["iap.account"].search_count([]), accounts)
        self.assertFalse(
            self.env["loyalty.message"].search([("uuid", "=", sms.uuid)]),
            "what cannot be sent is not queued",
        )

    def test_with_a_gateway_the_sms_is_queued(self):
        self.env["loyalty.sms.gateway"].create({"name": "Demo", "kind": "demo"})
        sms = self._sms()
        self._send(sms)
        self.assertEqual(sms.state, "process")
        message = self.env["loyalty.message"].search([("uuid", "=", sms.uuid)])
        self.assertEqual(message.state, "queued")
        self.assertEqual(message.company_id, self.company)

    def test_the_scheduler_sends_for_each_company_by_its_own_gateway(self):
        other = self._make_company("Ararat LLC")
        self.env["loyalty.sms.gateway"].create(
            {"name": "Ararat", "kind": "demo", "company_id": other.id}
        )
        ours = self._sms()
        theirs = (
            self.env["sms.sms"]
            .with_company(other)
            .create({"number": "+37491234568", "body": "Hello"})
        )
        (ours + theirs)._send(unlink_sent=False)
        self.assertRecordValues(
            ours + theirs,
            [
                {"state": "error", "failure_type": "sms_no_gateway"},
                {"state": "process", "failure_type": False},
            ],
        )

    def test_another_provider_stays_until_there_is_a_gateway(self):
        class OtherApi(SmsApiBase):
            pass

        def choose(company):
            return OtherApi

        with patch.object(ResCompany, "_get_sms_api_class", choose):
            self.assertIs(self.company._get_sms_api_class(), OtherApi)
            self.env["loyalty.sms.gateway"].create({"name": "Demo", "kind": "demo"})
            self.assertIs(self.company._get_sms_api_class(), LoyaltySmsApi)

    def test_odoos_own_service_is_nobodys_provider(self):
        self.assertIs(self.company._get_sms_api_class(), NoGatewaySmsApi)
        self.assertTrue(issubclass(NoGatewaySmsApi, SmsApi))
