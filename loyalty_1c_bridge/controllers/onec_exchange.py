"""The one address of a 1C base: CommerceML 2, "обмен с сайтом".

What clients check, and why an answer looks as it does, is told by the tests.
"""

import logging

from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, http
from odoo.exceptions import UserError
from odoo.http import request

from ..engine.errors import ExchangeError
from .onec_conversation import Conversation, LoginNeeded
from .onec_dispatcher import answer

_logger = logging.getLogger(__name__)

# More than any base takes; each has its own limit, checked before reading.
MAX_CONTENT = 2 << 30


class OnecExchange(http.Controller):
    @http.route(
        [
            "/loyalty_1c/<string:token>/1c_exchange",
            "/loyalty_1c/<string:token>/exchange",
        ],
        type="loyalty_1c",
        auth="none",
        csrf=False,
        save_session=False,
        readonly=False,
        website=False,
        multilang=False,
        sitemap=False,
        max_content_length=MAX_CONTENT,
    )
    def exchange(self, token):
        backend_sudo = request.env["onec.backend"]._by_token(token)
        if not backend_sudo:
            return answer("failure\nThis address is not known here.")
        backend = backend_sudo.with_env(_environment(backend_sudo))
        try:
            return answer(Conversation(backend, request).answer())
        except TransactionRollbackError:
            raise
        except LoginNeeded:
            text = backend.env._("Login and password are missing.")
            realm = ("WWW-Authenticate", 'Basic realm="1C", charset="UTF-8"')
            return answer(f"failure\n{text}", 401, [realm])
        except (ExchangeError, UserError) as error:
            backend.env.cr.rollback()
            _logger.info("1c request refused: base %s, %s", backend.id, error)
            text = backend.env["onec.message"]._explain_error(error)
            return answer(f"failure\n{text}")
        except Exception:
            backend.env.cr.rollback()
            _logger.exception("1c request failed: base %s", backend.id)
            text = backend.env._("This could not be done now. Try again later.")
            return answer(f"failure\n{text}")


def _environment(backend_sudo):
    """Work of a machine: the system's user, in the company and language of the base."""
    company = backend_sudo.company_id
    return backend_sudo.env(
        user=SUPERUSER_ID,
        su=True,
        context={
            "allowed_company_ids": company.ids,
            "lang": company.partner_id.lang or "en_US",
            "tz": backend_sudo.tz,
        },
    )
