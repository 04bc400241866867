document.title = "Deliveries";
