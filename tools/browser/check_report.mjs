// Opens reports in headless Chromium and checks what a reader meets: node check_report.mjs CHROMIUM SHOTS FILE...
// Prints a line for each check, then "N passed, N failed"; exits with 1 if any failed.
import { chromium } from "playwright-core";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [executablePath, shots, ...files] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf-8");
const counts = { passed: 0, failed: 0 };

function verdict(file, what, good, detail = "") {
  counts[good ? "passed" : "failed"] += 1;
  console.log(`${good ? "ok  " : "FAIL"} ${basename(file)}: ${what}${detail ? `: ${detail}` : ""}`);
}

async function open(browser, file, viewport, options = {}) {
  const context = await browser.newContext({ viewport, offline: true, bypassCSP: false, ...options });
  const page = await context.newPage();
  const seen = { errors: [], requests: [] };
  page.on("console", (m) => m.type() === "error" && seen.errors.push(m.text()));
  page.on("pageerror", (e) => seen.errors.push(String(e)));
  page.on("request", (r) => /^(file|data|blob):/.test(r.url()) || seen.requests.push(r.url()));
  await page.goto(pathToFileURL(resolve(file)).href);
  return { context, page, seen };
}

const drawn = (page) => page.waitForSelector("html[data-charts=done]", { timeout: 60000, state: "attached" });

async function charts(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("figure[data-chart]")].map((f) => {
      const svg = f.querySelector(".live svg");
      const box = svg?.getBoundingClientRect();
      const marks = svg ? svg.querySelectorAll("path[d], line, rect, text").length : 0;
      return { name: f.dataset.chart, good: Boolean(svg && box.width > 60 && box.height > 20 && marks > 5) };
    }),
  );
}

async function plays(page) {
  const map = page.locator('figure[data-chart="map"]');
  if (!(await map.count())) return null;
  const look = () => map.locator(".live svg").innerHTML();
  const before = await look();
  await map.locator(".play").click();
  await page.waitForTimeout(1600);
  const moved = (await map.locator("output").textContent()) ?? "";
  // A map of few months has come to its end by now.
  if ((await map.locator(".play").getAttribute("aria-pressed")) === "true") await map.locator(".play").click();
  const stopped = await map.locator("output").textContent();
  await page.waitForTimeout(700);
  const still = (await map.locator("output").textContent()) === stopped;
  return { good: moved !== "whole period" && (await look()) !== before && still, moved };
}

async function traced(page) {
  const number = page.locator("#answer .n").first();
  await number.click();
  const text = (await page.locator("#tell").textContent()) ?? "";
  const visible = await page.locator("#tell").isVisible();
  await page.keyboard.press("Escape");
  const without = await page.evaluate(() => [...document.querySelectorAll(".n")].filter((n) => n.title.length < 12).length);
  return { good: visible && /unit:/.test(text) && without === 0, text };
}

async function hovers(page) {
  // A figure of a chart names its source where the pointer is: a station's series, or the run and its unit.
  const silent = [];
  const charts = page.locator('figure[data-chart^="station-"], figure[data-chart^="queue-"], figure[data-chart^="arrivals"]');
  const number = await charts.count();
  for (let i = 0; i < number; i += 1) {
    const chart = charts.nth(i);
    await chart.scrollIntoViewIfNeeded();
    const name = await chart.getAttribute("data-chart");
    const box = await chart.locator(".live .mark-group.role-frame.root > g > path.background").first().boundingBox();
    let told = "";
    for (let across = 3; across < box.width && !told; across += 5) {
      await page.mouse.move(box.x + across, box.y + 0.96 * box.height);
      const text = await page.evaluate(() => document.querySelector("#vg-tooltip-element.visible")?.innerText ?? "");
      if (/source/.test(text) && /unit: /.test(text) && /series |scenario /.test(text)) told = text;
    }
    if (!told) silent.push(name);
  }
  await page.mouse.move(1, 1);
  return { number, silent };
}

async function wide(browser, file) {
  const { context, page, seen } = await open(browser, file, { width: 1280, height: 900 });
  await drawn(page);
  const found = await charts(page);
  const bad = found.filter((c) => !c.good).map((c) => c.name);
  verdict(file, `${found.length} charts drawn`, found.length > 0 && bad.length === 0, bad.join(", "));
  const played = await plays(page);
  if (played) verdict(file, "play button moves the map, and stops", played.good, played.moved);
  const trace = await traced(page);
  verdict(file, "figures tell unit and source on click", trace.good, trace.text.slice(0, 90));
  const hovered = await hovers(page);
  verdict(file, `marks of ${hovered.number} charts tell unit and source under the pointer`, !hovered.silent.length, hovered.silent.join(", "));
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
  // The policy of the page keeps scripts from outside out; the checker alone is let in, from the protocol.
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const serious = result.violations.filter((v) => ["serious", "critical"].includes(v.impact));
  const told = serious.map((v) => `${v.id} (${v.nodes.length}: ${v.nodes[0].target})`).join("; ");
  verdict(file, "axe finds nothing serious", serious.length === 0, told);
  await page.screenshot({ path: `${shots}/${basename(file, ".html")}-wide.png`, fullPage: true });
  verdict(file, "no error in the console", seen.errors.length === 0, seen.errors.slice(0, 3).join(" | "));
  verdict(file, "no request to anywhere", seen.requests.length === 0, seen.requests.slice(0, 3).join(" "));
  await page.pdf({ path: `${shots}/${basename(file, ".html")}.pdf`, format: "A4" });
  await context.close();
}

async function narrow(browser, file) {
  const { context, page, seen } = await open(browser, file, { width: 400, height: 800 }, { hasTouch: true, isMobile: true });
  await drawn(page);
  const size = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  verdict(file, "no sideways scrolling at 400 pixels", size[0] <= 400 && size[1] <= 400, size.join(" in "));
  const bad = (await charts(page)).filter((c) => !c.good).map((c) => c.name);
  verdict(file, "charts drawn at 400 pixels", bad.length === 0 && seen.errors.length === 0, bad.join(", "));
  await page.screenshot({ path: `${shots}/${basename(file, ".html")}-narrow.png`, fullPage: true });
  await context.close();
}

async function scriptless(browser, file) {
  // Scripts of the page are off; those of the checker run all the same.
  const { context, page } = await open(browser, file, { width: 900, height: 900 }, { javaScriptEnabled: false });
  const images = page.locator("figure .static");
  const shown = await images.count();
  let good = shown > 0;
  for (let i = 0; i < shown; i += 1) {
    const image = images.nth(i);
    const width = await image.evaluate(async (e) => e.decode().then(() => e.naturalWidth, () => 0));
    good = good && width > 60 && (await image.isVisible());
  }
  verdict(file, "static charts shown without scripts", good, `${shown}`);
  await context.close();
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  for (const file of files) for (const check of [wide, narrow, scriptless]) await check(browser, file);
} finally {
  await browser.close();
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed ? 1 : 0;
