from odoo.tools import SQL


def pre_init_hook(env):
    """Existing programs are no clubs, and their cards no members, until somebody says.

    The columns are made here, so that stored values are not computed for every card.
    """
    env.cr.execute(
        SQL(
            """ALTER TABLE loyalty_program
                 ADD COLUMN IF NOT EXISTS is_club boolean DEFAULT FALSE,
                 ADD COLUMN IF NOT EXISTS is_ledger boolean;
               ALTER TABLE loyalty_card
                 ADD COLUMN IF NOT EXISTS is_club boolean DEFAULT FALSE,
                 ADD COLUMN IF NOT EXISTS is_ledger boolean;
               UPDATE loyalty_program
                  SET is_ledger = program_type IN ('gift_card', 'ewallet');
               UPDATE loyalty_card card SET is_ledger = program.is_ledger
                 FROM loyalty_program program WHERE program.id = card.program_id"""
        )
    )
    env.cr.execute(
        SQL(
            """ALTER TABLE loyalty_program ALTER COLUMN is_club DROP DEFAULT;
               ALTER TABLE loyalty_card ALTER COLUMN is_club DROP DEFAULT"""
        )
    )


def post_init_hook(env):
    """Gift cards and wallets in circulation get their opening entry and lot."""
    cards = env["loyalty.card"].with_context(active_test=False)
    cards.search([("is_ledger", "=", True), ("points", "!=", 0)])._open_ledger()


def uninstall_hook(env):
    """Leave core's own data as core would have it."""
    env.cr.execute(
        SQL(
            """UPDATE loyalty_rule SET reward_point_mode = 'unit'
                WHERE reward_point_mode = 'product'"""
        )
    )
    env.cr.execute(
        SQL("ALTER TABLE loyalty_card ALTER COLUMN points TYPE double precision")
    )
