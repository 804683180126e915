/* Loaded before the page is drawn, so that a chosen theme never flashes. Everything here is an extra: the paper reads
   the same without it. Nothing is sent but the number of an article that was in view for five seconds. */
(function () {
  "use strict";
  var root = document.documentElement, kept = null;
  try { kept = localStorage.getItem("theme"); } catch (e) { /* no storage: the system decides */ }
  function dress(theme) {
    if (theme === "light" || theme === "dark") root.setAttribute("data-theme", theme);
    else root.removeAttribute("data-theme");
  }
  dress(kept);

  function themes() {
    var box = document.getElementById("theme");
    if (!box) return;
    box.hidden = false;
    box.querySelectorAll("input").forEach(function (one) {
      one.checked = one.value === (kept || "auto");
      one.addEventListener("change", function () {
        dress(one.value);
        try { localStorage.setItem("theme", one.value); } catch (e) { /* for this page only, then */ }
      });
    });
  }

  function copying() {
    var button = document.querySelector("[data-copy]"), told = document.getElementById("told");
    if (!button || !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(button.getAttribute("data-copy")).then(
        function () { told.textContent = "Link copied."; },
        function () { told.textContent = "Your browser did not let us copy the link."; });
    });
  }

  function reading() {
    var article = document.body.getAttribute("data-article"), left = 5000, since = 0, timer = 0;
    if (!article || !navigator.sendBeacon) return;
    function look() {
      clearTimeout(timer);
      if (document.visibilityState === "visible") {
        since = Date.now();
        timer = setTimeout(function () {
          document.removeEventListener("visibilitychange", look);
          navigator.sendBeacon("/pulse", article);
        }, left);
      } else if (since) {
        left = Math.max(0, left - (Date.now() - since));
        since = 0;
      }
    }
    document.addEventListener("visibilitychange", look);
    look();
  }

  document.addEventListener("DOMContentLoaded", function () { themes(); copying(); reading(); });
})();
