document.getElementById("main").style.display="none",document.getElementById("card").hidden=!1;
