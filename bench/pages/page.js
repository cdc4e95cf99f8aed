"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const dataOf = (id) => JSON.parse(byId(id).textContent);
  const say = (text) => { byId("said").textContent = text; };

  // --- tables: headings become buttons that sort ---------------------------------------------------------------------

  const PAGE = 1000; // rows that are added at a time to a long table
  const collator = new Intl.Collator(undefined, { numeric: true });

  // A number as data and cells have it: infinity is a word, nothing is null.
  function numberOf(value) {
    if (value === null || value === "") return null;
    return value === "inf" ? Infinity : value === "-inf" ? -Infinity : Number(value);
  }

  // A row is what it is sorted by and how its <tr> is made; a row of the data gets one when it is first shown.
  function rowsOf(table) {
    const columns = [...table.tHead.rows[0].cells];
    const rows = [...table.tBodies[0].rows].map((element) => ({
      element,
      keys: [...element.cells].map((cell) =>
        "value" in cell.dataset ? numberOf(cell.dataset.value) : cell.textContent),
    }));
    if (!table.dataset.rest) return rows;
    const rest = dataOf(table.dataset.rest);
    const model = rows[0].element;
    for (let i = 0; i < rest[0].texts.length; i++) {
      const keys = columns.map((_, j) => (rest[j].numbers ? numberOf(rest[j].numbers[i]) : rest[j].texts[i]));
      rows.push({ element: null, model, rest, i, keys });
    }
    return rows;
  }

  function elementOf(row) {
    if (!row.element) {
      row.element = row.model.cloneNode(true);
      [...row.element.cells].forEach((cell, j) => {
        cell.textContent = row.rest[j].texts[row.i];
        if ("value" in cell.dataset) cell.dataset.value = row.rest[j].numbers?.[row.i] ?? "";
      });
    }
    return row.element;
  }

  function before(a, b) {
    return typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
  }

  // What a row says, by which it is filtered.
  function wordsOf(row) {
    row.words ??= (row.element ? [...row.element.cells].map((cell) => cell.textContent) : row.rest.map(({ texts }) => texts[row.i]))
      .join(" ").toLowerCase();
    return row.words;
  }

  function makeSortable(table) {
    const more = table.closest(".table")?.querySelector(".more");
    const total = Number(table.dataset.length);
    let shown = table.tBodies[0].rows.length;
    let rows = null;
    let order = null;
    let wanted = []; // words that a row must have

    function show() {
      rows ??= rowsOf(table);
      order ??= [...rows.keys()];
      const kept = wanted.length ? order.filter((i) => wanted.every((word) => wordsOf(rows[i]).includes(word))) : order;
      table.tBodies[0].replaceChildren(...kept.slice(0, shown).map((i) => elementOf(rows[i])));
      if (more) {
        const of = `${kept.length.toLocaleString("en")} ${wanted.length ? "rows with these words" : "rows"}`;
        more.firstElementChild.textContent =
          shown < kept.length ? `The first ${shown.toLocaleString("en")} of ${of} are shown.` : `All ${of} are shown.`;
        more.querySelector("button").hidden = shown >= kept.length;
      }
      return kept.length;
    }

    if (table.dataset.filter) {
      const label = document.createElement("label");
      label.className = "filter";
      label.textContent = table.dataset.filter;
      const input = document.createElement("input");
      input.type = "search";
      label.append(input);
      table.closest(".table").prepend(label);
      input.addEventListener("input", () => {
        wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
        say(`${show().toLocaleString("en")} of ${total.toLocaleString("en")} rows`);
      });
    }

    if (more) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Show more rows";
      button.addEventListener("click", () => {
        shown = Math.min(shown + PAGE, total);
        show();
        say(more.firstElementChild.textContent);
      });
      more.append(button);
    }

    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const name = button.textContent.trim();
        const down = heading.getAttribute("aria-sort") === "ascending";
        const sign = down ? -1 : 1;
        rows ??= rowsOf(table);
        const isMissing = (key) => key === null || key === "";
        order = [...rows.keys()].sort((a, b) => {
          const [x, y] = [rows[a].keys[column], rows[b].keys[column]];
          if (isMissing(x) || isMissing(y)) return isMissing(x) - isMissing(y) || a - b;
          return sign * before(x, y) || a - b;
        });
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
        show();
        say(`Sorted by ${name}, ${down ? "descending" : "ascending"}`);
      });
    });
  }

  // --- tables that are wider than the page can be scrolled by keyboard; others are no stop of the Tab key ---------------

  function markScrollable(region) {
    if (region.scrollWidth > region.clientWidth + 1) region.tabIndex = 0;
    else region.removeAttribute("tabindex");
  }

  // --- pictures: drawn when they come near the view, again when the colours change -------------------------------------

  const themes = dataOf("themes");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paper = matchMedia("print");
  let printing = false;
  const pictures = new Map();

  const themeName = () => (dark.matches && !printing && !paper.matches ? "dark" : "light");

  function slidersOf(box) {
    return [...(box.closest("figure")?.querySelectorAll("input[type=range]") ?? [])];
  }

  async function draw(box) {
    const picture = pictures.get(box);
    const theme = themeName();
    if (picture.theme === theme) return;
    picture.theme = theme;
    picture.data ??= dataOf(box.dataset.picture);
    try {
      const result = await window.vegaEmbed(box, picture.data.spec, {
        actions: false,
        ast: true, // expressions are interpreted: the page's policy forbids code made of text
        config: themes[theme],
        renderer: "svg",
        tooltip: { theme },
      });
      if (picture.theme !== theme) return result.finalize(); // another theme's drawing has begun since
      picture.result?.finalize();
      picture.result = result;
      picture.data.sliders.forEach(({ signal }, i) => result.view.signal(signal, Number(slidersOf(box)[i].value)));
      await result.view.runAsync();
      box.classList.add("drawn");
    } catch (error) {
      box.textContent = "This picture could not be drawn; its numbers stand in the tables.";
      console.error(error);
    }
  }

  function watch(box) {
    pictures.set(box, { theme: null, data: null, result: null });
    slidersOf(box).forEach((input, i) => {
      const word = input.parentElement.querySelector(".point");
      const update = () => {
        const picture = pictures.get(box);
        picture.data ??= dataOf(box.dataset.picture);
        const { signal, points } = picture.data.sliders[i];
        word.textContent = points[Number(input.value)];
        input.setAttribute("aria-valuetext", word.textContent);
        picture.result?.view.signal(signal, Number(input.value)).runAsync();
      };
      input.addEventListener("input", update);
      if (input.value !== input.getAttribute("value")) update(); // the browser kept where it stood
    });
  }

  const redraw = () => { for (const [box, picture] of pictures) if (picture.theme) draw(box); };
  const drawAll = () => { for (const box of pictures.keys()) draw(box); };

  // --- data as CSV -----------------------------------------------------------------------------------------------------

  function csvCell(value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "number" || typeof value === "boolean" || value === "-inf") return String(value);
    const text = /^([=+@\t\r]|-.)/.test(value) ? `'${value}` : value; // a spreadsheet would take it for a formula
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  function csvOf({ columns }) {
    const heading = columns.map(({ name, unit }) => csvCell(unit ? `${name} [${unit}]` : name)).join(",");
    const length = columns.length ? columns[0].values.length : 0;
    const lines = [heading];
    for (let i = 0; i < length; i++) lines.push(columns.map(({ values }) => csvCell(values[i])).join(","));
    return lines.join("\r\n") + "\r\n";
  }

  // Data that are a table already, or the answers of a run, of which one question or all are wanted.
  function tableOf({ download, answers, question }) {
    return answers === undefined ? dataOf(download) : { columns: window.columnsOfAnswers(dataOf(download), question) };
  }

  function save(button) {
    const blob = new Blob(["\ufeff", csvOf(tableOf(button.dataset))], { type: "text/csv" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = button.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    say(`${button.dataset.file} was saved`);
  }

  // --- the page --------------------------------------------------------------------------------------------------------

  document.querySelectorAll("table[data-sortable]").forEach(makeSortable);

  const widths = new ResizeObserver((entries) => entries.forEach(({ target }) => markScrollable(target)));
  document.querySelectorAll(".scroll").forEach((region) => widths.observe(region));

  document.querySelectorAll("[data-picture]").forEach(watch);
  const views = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        views.unobserve(target);
        draw(target);
      }
    }
  }, { rootMargin: "400px" });
  for (const box of pictures.keys()) views.observe(box);

  dark.addEventListener("change", redraw);
  paper.addEventListener("change", () => (paper.matches ? drawAll() : redraw()));
  // Paper is light, and has what was folded away.
  const unfolded = [];
  addEventListener("beforeprint", () => {
    printing = true;
    unfolded.push(...document.querySelectorAll("details:not([open])"));
    for (const details of unfolded) details.open = true;
    drawAll();
  });
  addEventListener("afterprint", () => {
    printing = false;
    for (const details of unfolded.splice(0)) details.open = false;
    redraw();
  });

  document.querySelectorAll("button[data-download]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => save(button));
  });
})();
