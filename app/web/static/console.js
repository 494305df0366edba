// What makes the pages a little better. Every page works without it.
"use strict";

// "100 today → 105" follows what is typed.
for (const output of document.querySelectorAll("output[data-before]")) {
  const input = document.getElementById(output.htmlFor.value);
  const before = Number(output.dataset.before);
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const follow = () => {
    const text = input.value.trim();
    const after = /^\d{1,7}$/.test(text) && Number(text) > 0 ? number.format(before + Number(text)) : "…";
    output.value = output.dataset.text.replace("{after}", after);
  };
  input.addEventListener("input", follow);
  follow();
}

// Copies what the page shows.
for (const button of document.querySelectorAll("button[data-copies]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const said = document.getElementById(button.dataset.says);
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copies).innerText;
    await navigator.clipboard.writeText(text);
    said.textContent = button.dataset.done;
  });
}

// A form is sent once, however often its button is pressed. The server holds to that, too.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
}

// A page that the browser brings back from its memory can be sent again.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// What is wrong is said first.
document.querySelector("[data-focus]")?.focus();
