"use strict";
// Without this script the page shows everything; with it, tables sort, findings filter, and decisions are saved.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;

function sortable(table) {
  const body = table.tBodies[0];
  all("thead th[data-key]", table).forEach((head) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      all("thead th", table).forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => {
        const cell = row.cells[head.cellIndex];
        const text = cell.dataset.sort ?? cell.textContent.trim();
        return head.dataset.key === "number" ? parseFloat(text.replace(",", ".")) || 0 : text;
      };
      const order = head.dataset.key === "number" ? (a, b) => a - b : compare;
      const rows = [...body.rows].map((row) => [value(row), row]);
      rows.sort((a, b) => (down ? -1 : 1) * order(a[0], b[0]));
      body.append(...rows.map(([, row]) => row));
    });
  });
}

function filterable(section) {
  const form = section.querySelector(".filters");
  if (!form) return;
  const rows = all(".list tbody tr", section);
  const count = section.querySelector(".count");
  const apply = () => {
    const wanted = all("[data-filter]", form).map((field) => [field.dataset.filter, field.value]);
    let shown = 0;
    rows.forEach((row) => {
      const fits = wanted.every(([name, value]) =>
        !value || (name === "text" ? row.textContent.toLowerCase().includes(value.toLowerCase()) : row.dataset[name] === value));
      row.hidden = !fits;
      shown += fits;
    });
    count.textContent = count.dataset.text.replace("{n}", shown);
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
}

function saving(button) {
  const quote = (text) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  button.parentElement.hidden = false;
  button.addEventListener("click", () => {
    const rows = [["Plan", "Finding id", "Finding", "Responsible", "Decision", "Due", "Reason"]];
    all(".list tbody tr").forEach((row) => {
      const [decision, reason, due] = all(".decide select, .decide textarea, .decide input", row).map((field) => field.value);
      if (decision) rows.push([row.dataset.plan, row.dataset.id, row.cells[2].firstChild.textContent, row.dataset.owner, decision, due, reason]);
    });
    const text = rows.map((row) => row.map(quote).join(",")).join("\r\n") + "\r\n";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
    link.download = button.dataset.name;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

all("table.sortable").forEach(sortable);
all("section.findings").forEach(filterable);
all(".save button").forEach(saving);
all(".decide input").forEach((field) => field.addEventListener("input", () => field.toggleAttribute("data-filled", Boolean(field.value))));
// A finding that something links to is shown, whatever the filters say.
addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#f-']");
  const row = link && document.getElementById(link.hash.slice(1));
  if (row) row.hidden = false;
});
// On paper the folded parts stand open.
addEventListener("beforeprint", () => all("details.why").forEach((each) => { each.open = true; }));
