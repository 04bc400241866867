"""From a simulation to real balances, once, and back."""

from psycopg2.errors import SerializationFailure

from odoo import models
from odoo.exceptions import ConcurrencyError, UserError

from .loyalty_simulation import MEMBERS_IN_A_BATCH


class LoyaltySimulation(models.Model):
    _inherit = "loyalty.simulation"

    def action_go_live(self):
        """Show in numbers what going live would do."""
        self.ensure_one()
        self._check_manager()
        self._check_may_go_live()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit opening balances"),
            "res_model": "loyalty.simulation.golive",
            "view_mode": "form",
            "target": "new",
            "context": {"default_simulation_id": self.id},
        }

    def _check_may_go_live(self):
        if self.state != "done":
            raise UserError(self.env._("Compute the simulation first."))
        if not self.program_id.active:
            raise UserError(
                self.env._(
                    "%s is archived. Members get points of a running club only.",
                    self.program_id.name,
                )
            )
        others = self.sudo().search(
            [
                ("program_id", "=", self.program_id.id),
                ("state", "in", ("crediting", "live")),
            ],
            limit=1,
        )
        if others:
            raise UserError(
                self.env._(
                    "%(other)s went live for %(program)s already. Undo it first.",
                    other=others.name,
                    program=self.program_id.name,
                )
            )

    def _live_figures(self):
        """``(members, points)`` that going live would credit today."""
        today = self.program_id._today()
        lots = [member._valid_lots(today) for member in self.member_ids]
        credited = [sum(points for points, _day in some) for some in lots if some]
        return len(credited), round(sum(credited), 2)

    def _go_live(self):
        """Begin to credit; the work is done in the background."""
        self._check_manager()
        self._check_may_go_live()
        self._set_state("crediting", ("done",))
        members, points = self._live_figures()
        self.message_post(
            body=self.env._(
                "%(points)s points are credited to %(members)s members.",
                points=points,
                members=members,
            )
        )
        self._trigger_worker()

    def _credit_batches(self):
        """Credit members until none is left or the time is up.

        :return: whether nothing is left to do
        """
        commit = self.env["ir.cron"]._commit_progress
        failures = 0
        while failures < 5:
            waiting = self.env["loyalty.simulation.member"].search(
                [("simulation_id", "=", self.id), ("credited", "=", False)],
                order="id",
                limit=MEMBERS_IN_A_BATCH,
            )
            if not waiting:
                self._set_state("live", ("crediting",))
                commit()
                return True
            try:
                self._credit(waiting)
                self.env.flush_all()
                left = commit(len(waiting))
                failures = 0
            except (SerializationFailure, ConcurrencyError):
                # A sale of one of these members was first: go on with fresh data.
                self.env.cr.rollback()
                failures += 1
                continue
            finally:
                self.env.invalidate_all(flush=False)
            if not left:
                return False
        return False

    def _credit(self, members):
        """Give ``members`` a card where they have none, and their opening points."""
        today = self.program_id._today()
        lots = {member: member._valid_lots(today) for member in members}
        some = members.filtered(lambda member: lots[member])
        cards = self._cards_for(some.partner_id)
        entries = []
        for member in some:
            card = cards[member.partner_id.id]
            for number, (points, expires) in enumerate(lots[member], start=1):
                entries.append(
                    card._entry(
                        "opening",
                        points,
                        key=f"simulation:{self.id}:{member.partner_id.id}:{number}",
                        company_id=self.company_id.id,
                        expiration_date=expires or False,
                        reason=self.name,
                    )
                )
        self.env["loyalty.card"]._post_points(entries)
        members.credited = True

    def _cards_for(self, partners):
        """``{customer id: card}``, cards being made for customers without one."""
        cards = self.env["loyalty.card"].sudo().with_context(loyalty_no_mail=True)
        found = cards.search(
            [
                ("program_id", "=", self.program_id.id),
                ("partner_id", "in", partners.ids),
            ]
        )
        new = cards.with_context(tracking_disable=True, mail_create_nolog=True).create(
            [
                {
                    "program_id": self.program_id.id,
                    "partner_id": partner.id,
                    "branch_id": partner.loyalty_branch_id.id,
                }
                for partner in partners - found.partner_id
            ]
        )
        new._update_tiers()
        return {card.partner_id.id: card for card in found | new}

    def action_undo(self):
        """Take the opening points back, as long as nobody used them.

        :raise UserError: somebody did; nothing is undone
        """
        self.ensure_one()
        self._check_manager()
        self._set_state("undone", ("live", "crediting"))
        moves = (
            self.env["loyalty.point.move"]
            .sudo()
            .search([("key", "=like", f"simulation:{self.id}:%")])
        )
        used = moves._used_openings().partner_id
        if used:
            raise UserError(
                self.env._(
                    "%(count)s members spent of these points already, so they cannot be"
                    " taken back: %(names)s.",
                    count=len(used),
                    names=", ".join(used[:10].mapped("display_name")),
                )
            )
        moves._take_back_openings(self.env._("Simulation undone: %s", self.name))
        self.message_post(
            body=self.env._(
                "The opening points were taken back by %s.", self.env.user.name
            )
        )
