from urllib.parse import urlsplit

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.roads.base import RoadsError
from ..engine.roads.nominatim import Nominatim

PUBLIC = "https://nominatim.openstreetmap.org"


class LoyaltyDeliveryGeoService(models.Model):
    """Who is asked where an address is, when nothing here knows: nobody by itself."""

    _name = "loyalty.delivery.geo.service"
    _description = "Address service"
    _order = "company_id"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("nominatim", "Nominatim server"),
            ("base", "Geolocation chosen in the general settings"),
        ],
        required=True,
        default="nominatim",
        help="Addresses of customers are sent to it. The general settings know Google"
        " and others that addons bring.",
    )
    url = fields.Char(
        "Address of the server",
        default=PUBLIC,
        help="The public server of OpenStreetMap allows one question a second for your"
        " whole shop, wants to know who asks, and forbids looking up whole lists."
        " For more than some dozens a day run a server of your own.",
    )
    contact = fields.Char(
        help="An e-mail address or web page for the keepers of the server, sent with"
        " each question.",
    )
    country_codes = fields.Char(
        "Only in these countries",
        help="Two letters each, divided by commas: am, ge. Empty: the company's.",
    )

    _company_uniq = models.UniqueIndex(
        "(company_id) WHERE active", "A company has one address service."
    )

    @api.constrains("kind", "url")
    def _check_url(self):
        for service in self.filtered(lambda service: service.kind == "nominatim"):
            parts = urlsplit(service.url or "")
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValidationError(
                    self.env._(
                        "Enter the address of the server, such as %s.",
                        PUBLIC,
                    )
                )

    def _locate(self, address):
        """Where an address is: ``(latitude, longitude, quality)``, or ``None``.

        :raise RoadsError: the service could not be asked
        """
        self.ensure_one()
        if self.kind == "base":
            return self._locate_by_base(address)
        company = self.company_id
        codes = self.country_codes or company.country_id.code or ""
        found = Nominatim(self.url, self._user_agent()).find(
            address._searched_text(), codes
        )
        return found and (found.latitude, found.longitude, found.quality)

    def _user_agent(self):
        who = ", ".join(filter(None, [self.company_id.name, self.contact]))
        return f"loyalty-delivery ({who.encode('ascii', 'replace').decode()})"

    def _locate_by_base(self, address):
        """Ask whom the general settings name; how good it is they do not tell."""
        coder = self.env["base.geocoder"]
        if coder._get_provider().tech_name == "openstreetmap":
            # The ERP's own call waits for ever and gives the name of all its users.
            found = Nominatim(PUBLIC, self._user_agent()).find(
                address._searched_text(), self.company_id.country_id.code or ""
            )
            return found and (found.latitude, found.longitude, found.quality)
        country = (address.country_id or self.company_id.country_id).with_context(
            lang="en_US"
        )
        query = coder.geo_query_address(
            street=address.name,
            zip=address.zip,
            city=address.city,
            country=country.name,
        )
        try:
            found = coder.geo_find(query, force_country=country.name)
        except TransactionRollbackError:
            raise
        except Exception as error:
            # Providers of the ERP raise what they like; the queue shows it and goes on.
            raise RoadsError(str(error)[:200], passing=True) from error
        return found and (*found, "street")
