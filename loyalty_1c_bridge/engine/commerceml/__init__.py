"""CommerceML 2: catalogues, offers and orders as shops and 1C exchange them."""
