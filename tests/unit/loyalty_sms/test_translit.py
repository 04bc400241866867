import pytest

from odoo.addons.loyalty_sms.engine.translit import transliterate


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("Ողջույն", "Voghjuyn"),
        ("Երևան", "Yerevan"),
        ("Շնորհակալություն", "Shnorhakalutyun"),
        ("ՇՆՈՐՀԱԿԱԼՈՒԹՅՈՒՆ", "SHNORHAKALUTYUN"),
        ("ԵՎ", "YEV"),
        ("եւ", "yev"),
        ("և", "yev"),
        ("արև", "arev"),
        ("Ով ես", "Ov yes"),
        ("Ուրբաթ", "Urbat"),
        ("որդի", "vordi"),
        ("Հայաստան", "Hayastan"),
        ("Ինչպե՞ս եք", "Inchpes? yek"),
        ("Շնորհավո՜ր", "Shnorhavor!"),
        ("Այո՛, սպասում ենք։", "Ayo, spasum yenk."),
        ("20 000 ֏", "20 000 AMD"),
        ("«Արև»", '"Arev"'),
    ],
)
def test_armenian(text, latin):
    assert transliterate(text) == latin


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("Щербаков Юрий", "Shcherbakov Iurii"),
        ("Объявление, ёлка", "Obieiavlenie, elka"),
        ("СПАСИБО", "SPASIBO"),
        ("Жду Вас – «Арев»", 'Zhdu Vas - "Arev"'),
        ("№ 5", "No 5"),
    ],
)
def test_russian_as_in_passports(text, latin):
    assert transliterate(text) == latin


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("გამარჯობა", "gamarjoba"),
        ("თბილისი", "tbilisi"),
        ("ქუთაისი", "kutaisi"),
        ("წყალი", "ts'q'ali"),
        ("მცხეთა", "mtskheta"),
        ("ᲗᲑᲘᲚᲘᲡᲘ", "TBILISI"),
    ],
)
def test_georgian_by_the_national_system(text, latin):
    assert transliterate(text) == latin


@pytest.mark.parametrize("text", ["سلام، خوش آمدید", "آنی Անի می‌آید"])
def test_persian_stays_persian(text):
    assert transliterate(text) == text


@pytest.mark.parametrize("text", ["Ελλάς", "日本", "Hello, 5 €"])
def test_other_writing_stays_as_it_is(text):
    assert transliterate(text) == text
