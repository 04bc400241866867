import {registry} from "@web/core/registry";

const FIELD = "#loyalty_till_input:enabled";

/** Ani's Wednesday at the till, by keyboard alone. */
registry.category("web_tour.tours").add("loyalty_club_till", {
    steps: () => [
        {
            content: "type the phone into the field that has the focus",
            trigger: `${FIELD}:focus`,
            run: "edit 091 23 45 67",
        },
        {content: "find her", trigger: FIELD, run: "press Enter"},
        {
            content: "the member is shown, the field waits for the basket",
            trigger: ".o_loyalty_till_member:contains(Ani):contains(Silver)",
        },
        {content: "an amount alone", trigger: `${FIELD}:focus`, run: "edit 50000"},
        {content: "into the basket", trigger: FIELD, run: "press Enter"},
        {
            content: "what it earns and may spend",
            trigger: ".o_loyalty_till_may_spend:contains(6,000)",
            run: "press F4",
        },
        {
            content: "points by hand",
            trigger: "#loyalty_till_points:focus",
            run: "edit 3000",
        },
        {content: "take them", trigger: "#loyalty_till_points", run: "press Enter"},
        {
            content: "the bill is lower, so are the earnings",
            trigger: ".o_loyalty_till_pay:enabled:contains(47,000)",
        },
        {trigger: ".o_loyalty_till_earns:contains(2,115)", run: "press F9"},
        {
            content: "the result",
            trigger: ".o_loyalty_till_receipt:contains(47,000)",
        },
        {trigger: ".o_loyalty_till_earned:contains(2,115)"},
        {
            trigger: ".o_loyalty_till_new_balance:contains(5,115)",
            run: "press Enter",
        },
        {
            content: "on to the next customer: somebody new",
            trigger: `${FIELD}:focus`,
            run: "edit 077 11 22 33",
        },
        {trigger: FIELD, run: "press Enter"},
        {trigger: ".alert-warning:contains(F7)", run: "press F7"},
        {
            content: "the phone is in the form already",
            trigger: "input[name=phone]:value(+37477112233)",
        },
        {trigger: "input[name=name]:focus", run: "edit Davit"},
        {trigger: "input[name=name]", run: "press Enter"},
        {trigger: "input[name=birthday]:focus", run: "press Enter"},
        {trigger: "input[name=code]:focus", run: "press Enter"},
        {trigger: "input[name=consent_sms]:focus", run: "press Enter"},
        {trigger: "input[name=consent_email]:focus", run: "press Enter"},
        {
            content: "registered and at the till",
            trigger: ".o_loyalty_till_member:contains(Davit)",
        },
    ],
});
