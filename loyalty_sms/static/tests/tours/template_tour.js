import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("loyalty_sms_template_tour", {
    steps: () => [
        {content: "A new template", trigger: ".o_list_button_add", run: "click"},
        {trigger: ".o_field_widget[name=name] input", run: "edit Thanks of the tour"},
        {
            content: "The text in English, with a smart quote",
            trigger: ".o_loyalty_sms_editor [data-lang=en_US]",
            run: "click",
        },
        {trigger: ".o_loyalty_sms_editor textarea", run: "edit It’s yours:"},
        {
            content: "A variable at the cursor",
            trigger: "[data-variable=first_name]",
            run: "click",
        },
        {
            content: "A sample until a customer is chosen, in plain signs",
            trigger: ".o_loyalty_sms_bubble:contains(It's yours:Ani)",
        },
        {
            content: "See it as a real customer",
            trigger: ".o_loyalty_sms_phone input",
            run: "edit Tour Customer",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Tour Customer)",
            run: "click",
        },
        {trigger: ".o_loyalty_sms_bubble:contains(It's yours:Tour)"},
        {
            content: "Armenian takes two segments",
            trigger: "[data-lang=hy_AM]:has(.badge)",
            run: "click",
        },
        {
            trigger: ".o_loyalty_sms_editor textarea:empty",
            run: `edit ${"Շնորհակալություն ".repeat(5)}`,
        },
        {trigger: ".o_loyalty_sms_counter:contains(UCS-2):contains(2 segments)"},
        {trigger: ".o_loyalty_sms_hint button", run: "click"},
        {trigger: ".o_loyalty_sms_counter:contains(GSM-7):contains(1 segment)"},
        {trigger: ".o_form_button_save", run: "click"},
        {trigger: ".o_form_saved"},
        {trigger: "button[name=action_test]", run: "click"},
        {
            content: "The test shows what will be sent",
            trigger: ".modal .o_field_widget[name=body]:contains(It's yours)",
        },
        {
            trigger: ".modal .o_field_widget[name=number] input",
            run: "edit +37491000000",
        },
        {trigger: ".modal button[name=action_send]", run: "click"},
        {
            content: "Nothing leaves before a confirmation",
            trigger: ".modal:contains(Send this text) .btn-primary:contains(Ok)",
            run: "click",
        },
        {trigger: ".o_notification:contains(+37491000000)"},
        {trigger: "body:not(:has(.modal))"},
    ],
});
