from odoo.tests import tagged

from odoo.addons.loyalty_club.tests.browser import mend_assets
from odoo.addons.web.tests import test_js as web_test_js


@tagged("post_install", "-at_install")
class TestLoyaltyDeliveryJs(web_test_js.HOOTCommon):
    # Core tests its own class by these; inherited, they would fail on our filter.
    test_generate_hoot_hash = None
    test_get_hoot_filter = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mend_assets(cls.env)

    def get_hoot_filters(self):
        self._test_params = [("+", "@loyalty_delivery")]
        return super().get_hoot_filters()

    def test_components(self):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop{self.hoot_filters}",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=web_test_js.unit_test_error_checker,
        )
