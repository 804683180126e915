// The counter beneath a headline: how many characters, and whether that is more than lists can show.
document.addEventListener("DOMContentLoaded", () => {
  for (const field of document.querySelectorAll("[data-desk-count]")) {
    const best = Number(field.dataset.deskCount);
    const count = document.createElement("p");
    count.className = "desk-count";
    const show = () => {
      const length = [...field.value].length;
      count.textContent = `${length} characters`;
      count.toggleAttribute("data-long", length > best);
    };
    field.after(count);
    field.addEventListener("input", show);
    show();
  }
});
