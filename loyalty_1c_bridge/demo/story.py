"""Friday at the accountant's: message 1 goes to 1C twice, and nothing doubles.

Everything goes through the doors that 1C uses: documents are queued, a message is
written, the line breaks, it goes again, a receipt comes back. Only what 1C would answer
is told by this file, since there is no 1C in a demonstration.
"""

import base64
from datetime import timedelta
from decimal import Decimal

from odoo import Command, fields

from ..engine.enterprisedata.header import Header
from ..engine.enterprisedata.writer import write_message
from ..engine.odata.ledger import Entry
from . import files

ACCOUNT = "1930000000000099"


class Office:
    """What the parts of the story share."""

    def __init__(self, env, company):
        self.env = env(
            context={
                **env.context,
                "tracking_disable": True,
                "allowed_company_ids": company.ids,
            }
        )
        self.company = company.with_env(self.env)
        self.today = fields.Date.context_today(self.env.user)
        self.accountant = self.env.ref("loyalty_club.user_accountant_demo")
        self.books = self.trade = None

    def keep(self, record, name):
        """Give ``record`` the xml id ``loyalty_1c_bridge.<name>_demo``."""
        self.env["ir.model.data"].create(
            {
                "module": "loyalty_1c_bridge",
                "name": f"{name}_demo",
                "model": record._name,
                "res_id": record.id,
                "noupdate": True,
            }
        )
        return record


def load(env):
    """Build the exchange of the demonstration company, unless it is there."""
    company = env.ref("loyalty_club.company_arev_demo", raise_if_not_found=False)
    if not company or env.ref("loyalty_1c_bridge.backend_books_demo", False):
        return
    office = Office(env, company)
    _hire(office)
    _join_bases(office)
    _hand_over(office)
    _post_in_1c(office)
    _send_catalogue(office)
    _bring_statement(office)
    _reconcile(office)


def _hire(office):
    """The club's accountant gets the desk."""
    office.accountant.write(
        {
            "group_ids": [
                Command.link(office.env.ref("loyalty_1c_bridge.group_onec_manager").id)
            ]
        }
    )


def _join_bases(office):
    common = {
        "company_id": office.company.id,
        "tz": "Asia/Yerevan",
        "user_id": office.accountant.id,
    }
    journals = office.env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", office.company.id)]
    )
    for journal in journals.filtered(lambda one: not one.bank_account_id)[:1]:
        journal.bank_account_id = office.env["res.partner.bank"].create(
            {"acc_number": ACCOUNT, "partner_id": office.company.partner_id.id}
        )
    office.books = office.keep(
        office.env["onec.backend"].create(
            {
                **common,
                "name": "Бухгалтерия Арев",
                "kind": "bp",
                "use_ed": True,
                "use_odata": True,
                "use_bank": True,
                "dry_run": False,
                "ed_peer_code": "БП",
                "date_start": office.today - timedelta(days=30),
            }
        ),
        "backend_books",
    )
    office.trade = office.keep(
        office.env["onec.backend"].create(
            {
                **common,
                "name": "Управление торговлей Арев",
                "kind": "ut",
                "use_cml": True,
                "dry_run": False,
            }
        ),
        "backend_trade",
    )


def _hand_over(office):
    """Message 1 goes twice: the line broke before the receipt."""
    office.env.flush_all()
    missing = office.env["onec.proof"].search(
        [("backend_id", "=", office.books.id), ("state", "=", "missing")]
    )
    if missing:
        missing.action_queue()
    message = office.books._ed_collect()
    if not message:
        return
    for _attempt in ("the line breaks", "again, under the same number"):
        office.books._ed_publish(message)
        office.books._ed_handed_over(message)
    receipt = Header(
        sender=office.books.ed_peer_code,
        receiver=office.books.ed_node_code,
        number=1,
        received=message.number,
        versions=[office.books.ed_version],
    )
    answer = office.books._ed_take(
        "Message_БП_ОД.xml", write_message(receipt, [], office.books.ed_version)
    )
    _work_off(answer)


def _post_in_1c(office):
    """The look by OData: all posted but one, and one with another amount."""
    rows = office.env["onec.outbox"].search(
        [("backend_id", "=", office.books.id), ("state", "=", "received")], order="id"
    )
    for position, row in enumerate(rows):
        amount = row.amount
        if position == len(rows) - 2:
            amount -= 1000
        row._odata_said(
            {
                "Ref_Key": row.external_id or "",
                "Number": f"БП00-{position + 1:06d}",
                "Date": f"{row.document_date}T00:00:00",
                "Posted": position != len(rows) - 1,
                "СуммаДокумента": amount,
            }
        )


def _work_off(message):
    """Apply a message within this transaction: data load in one."""
    while message._work_step() != "end":
        message.env.flush_all()
        message.env.invalidate_all()


def _receive(office, name, goods):
    data = files.catalogue(goods)
    message = office.env["onec.message"].create(
        {
            "backend_id": office.trade.id,
            "channel": "cml",
            "kind": "catalog",
            "filename": name,
            "size": len(data),
            "dry_run": office.trade.dry_run,
            "attachment_id": office.env["ir.attachment"]
            .create({"name": name, "raw": data, "mimetype": "application/xml"})
            .id,
        }
    )
    _work_off(message)
    return message


def _send_catalogue(office):
    """Goods arrive, one is changed on both sides, a tax is unknown; then a dry run."""
    office.env["onec.rule"].create(
        {
            "backend_id": office.trade.id,
            "otype": "product",
            "field_name": "name",
            "owner": "ask",
        }
    )
    _receive(office, "import0_1.xml", files.GOODS)
    row = office.trade._find("product", ["demo-4"]).get("demo-4")
    if row:
        row._records().name = "Чай горный с чабрецом"
    renamed = [
        (*good[:3], "Чай с чабрецом, 50 г", *good[4:]) if good[0] == "demo-4" else good
        for good in files.GOODS
    ]
    _receive(office, "import0_2.xml", renamed)
    office.trade.dry_run = True
    coming = [
        ("demo-7", "TE-ROSE", "demo-g-tea", "Чай с шиповником", "Шиповник", "20"),
        *(
            (*good[:4], "Тёмная обжарка", good[5])
            for good in files.GOODS
            if good[0] in ("demo-1", "demo-2")
        ),
    ]
    _receive(office, "import0_3.xml", coming)


def _bring_statement(office):
    journal = office.env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", office.company.id)], limit=1
    )
    if not journal:
        return
    client = office.env["res.partner"].create(
        {
            "name": "ООО Ромашка",
            "is_company": True,
            "company_registry": "7707083893",
            "company_id": office.company.id,
        }
    )
    data = files.statement(
        journal.bank_account_id.acc_number,
        office.today - timedelta(days=1),
        [
            ("15", client.name, "7707083893", 120000, "Оплата по счету № 305"),
            ("15", client.name, "7707083893", 120000, "Оплата по счету № 305"),
            ("27", "ИП Неизвестный", "500100732259", 18000, "За кофе"),
        ],
    )
    attachment = office.env["ir.attachment"].create(
        {"name": "kl_to_1c.txt", "datas": base64.b64encode(data)}
    )
    office.env["onec.bank.import"].create(
        {
            "backend_id": office.books.id,
            "attachment_ids": [Command.set(attachment.ids)],
        }
    ).action_import()


def _reconcile(office):
    """Ani's statement: 1C has everything but her last document."""
    ani = office.env["res.partner"].search(
        [("phone", "in", ("+37491234567", "+374 91 234567"))], limit=1
    )
    if not ani:
        return
    act = office.keep(
        office.env["onec.reconcile"].create(
            {
                "backend_id": office.books.id,
                "partner_id": ani.id,
                "date_from": office.today - timedelta(days=400),
                "date_to": office.today,
            }
        ),
        "reconcile_ani",
    )
    _opening, rows = act._our_rows(ani.commercial_partner_id)
    who = office.books._guid("partner", ani.commercial_partner_id)
    entries = [
        Entry(
            document=row.key or f"unlinked-{position}",
            kind="Document_РеализацияТоваровУслуг",
            day=row.day,
            partner=who,
            contract="",
            debit=Decimal(row.debit),
            credit=Decimal(row.credit),
            text=f"БП00-{position:06d}",
        )
        for position, row in enumerate(rows[:-1], 1)
    ]
    act._compare(({}, entries), "")
