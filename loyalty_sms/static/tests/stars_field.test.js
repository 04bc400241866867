import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";
import {describe, expect, test} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {queryAllTexts} from "@odoo/hoot-dom";

describe.current.tags("desktop");

class Feedback extends models.Model {
    _name = "loyalty.feedback";
    rating = fields.Integer();
    _records = [
        {id: 1, rating: 4},
        {id: 2, rating: 0},
        {id: 3, rating: 47},
    ];
}

defineMailModels();
defineModels([Feedback]);

const list = (more) => ({
    type: "list",
    resModel: "loyalty.feedback",
    arch: `<list sample="1"><field name="rating" widget="loyalty_stars"/></list>`,
    ...more,
});

test("as many stars as were given, five at the most", async () => {
    await mountView(list());
    expect(queryAllTexts(".o_field_loyalty_stars")).toEqual(["★★★★☆", "", "★★★★★"]);
});

test("a list without ratings opens with its samples", async () => {
    await mountView(list({domain: [["id", "=", 0]], noContentHelp: "No review yet"}));
    expect(".o_view_nocontent").toHaveCount(1);
    expect(".o_field_loyalty_stars").not.toHaveCount(0);
});
