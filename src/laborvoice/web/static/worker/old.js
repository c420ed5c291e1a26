// For a browser that knows no modules: nothing unsealed may leave it, so there is only the number on the card.
document.getElementById("main").style.display = "none";
document.getElementById("card").hidden = false;
