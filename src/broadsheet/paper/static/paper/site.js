/* Loaded before the page is drawn, so that a chosen theme never flashes. Everything here is an extra: the paper reads
   the same without it. Nothing is sent but the number of an article that was read, read to its end, or shared. */
(function () {
  "use strict";
  var root = document.documentElement, kept = null;
  try { kept = localStorage.getItem("theme"); } catch (e) { /* no storage: the system decides */ }
  function dress(theme) {
    if (theme === "light" || theme === "dark") root.setAttribute("data-theme", theme);
    else root.removeAttribute("data-theme");
  }
  dress(kept);
  root.setAttribute("data-live", "");

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

  /* Told of an article, each once: read (in view for five seconds), end (the end of the whole text reached, and not
     sooner than somebody who skims it would get there), share (one of the share links used). */
  function reading() {
    var article = document.body.getAttribute("data-article"), told = {}, spent = 0, since = 0, atEnd = false, timer = 0;
    var text = document.querySelector(".prose.whole"), skim = text ? text.textContent.length * 12 : 0;
    if (!article || !navigator.sendBeacon) return;
    function tell(kind) {
      if (!told[kind]) navigator.sendBeacon("/pulse", kind + " " + article);
      told[kind] = true;
    }
    function look() {
      clearTimeout(timer);
      if (since) spent += Date.now() - since;
      since = document.visibilityState === "visible" ? Date.now() : 0;
      if (!since) return;
      if (spent >= 5000) tell("read");
      if (spent >= 5000 && spent >= skim && atEnd) tell("end");
      var next = spent < 5000 ? 5000 : atEnd && !told.end ? Math.max(skim, 5000) : 0;
      if (next) timer = setTimeout(look, Math.max(next - spent, 50));
    }
    if (text && "IntersectionObserver" in window) {
      new IntersectionObserver(function (seen) { atEnd = seen[seen.length - 1].isIntersecting; look(); })
        .observe(text.querySelector(".after") || text);
    }
    document.querySelectorAll(".share .tool").forEach(function (one) {
      one.addEventListener("click", function () { tell("share"); });
    });
    document.addEventListener("visibilitychange", look);
    look();
  }

  /* Lists that change by the minute are taken from their own printed page, so that an article is not printed anew for
     them. What stands on this page already, as a line or as its story, is left out. Until then, or when it fails,
     a link to the list stands there. */
  function taking() {
    document.querySelectorAll("[data-take]").forEach(function (place) {
      var ask = new XMLHttpRequest();
      ask.open("GET", place.getAttribute("data-take"));
      ask.responseType = "document"; /* parsed without running anything */
      ask.addEventListener("load", function () {
        var list = ask.status === 200 && ask.response && ask.response.querySelector("ol.trending");
        if (list) fill(place, list);
      });
      ask.send();
    });
  }

  function fill(place, list) {
    var here = Array.from(document.querySelectorAll("main a[href]"), function (one) { return one.getAttribute("href"); });
    here.push(location.pathname);
    Array.from(list.children).forEach(function (line) {
      var title = line.querySelector("h2"), link = title && title.querySelector("a");
      if (!link || here.includes(link.getAttribute("href")) || here.includes(line.getAttribute("data-story"))) {
        line.remove();
        return;
      }
      var head = document.createElement("h3");
      Array.from(title.attributes).forEach(function (one) { head.setAttribute(one.name, one.value); });
      head.append(link);
      title.replaceWith(head);
      line.querySelector(".meta").remove();
    });
    Array.from(list.children).slice(5).forEach(function (line) { line.remove(); });
    if (list.children.length) place.replaceChildren(document.adoptNode(list));
  }

  document.addEventListener("DOMContentLoaded", function () { themes(); copying(); reading(); taking(); });
})();
