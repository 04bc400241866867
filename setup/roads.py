"""Have the streets of an OpenStreetMap extract built for the demonstration's couriers.

Run in Odoo's shell with the file's name, which lies in the ERP's folder of extracts.
Does nothing when the network of this file is there already.
"""

# ruff: noqa: F821

import os

company = env.ref("loyalty_club.company_arev_demo")
name = os.environ["SCRIPT_ARGUMENTS"]
networks = env["loyalty.delivery.road.network"].with_company(company)
if not networks.search([("server_file", "=", name)]):
    network = networks.create(
        {"name": name, "company_id": company.id, "server_file": name}
    )
    network.action_build()
    env.cr.commit()
