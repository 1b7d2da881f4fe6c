// Drives the sandbox's Jenkins with npm's jenkins. JENKINS_URL holds the address with user and password, and
// JENKINS_OLD that of a Jenkins that answers queue cancels as before 2.211, which this client insists on. The clock of the first one
// stands still unless it is told at JENKINS_CLOCK to run.
const assert = require("node:assert/strict");
const Jenkins = require("jenkins");

const client = new Jenkins({ baseUrl: process.env.JENKINS_URL });

const { username, password, origin, pathname } = new URL(process.env.JENKINS_CLOCK);

async function clock(order) {
  const authorization = "Basic " + Buffer.from(`${username}:${password}`).toString("base64");
  const answer = await fetch(`${origin}${pathname}?${order}`, { method: "POST", headers: { authorization } });
  assert.equal(answer.status, 200);
}

async function until(what, check) {
  const deadline = Date.now() + 120000;
  while (Date.now() < deadline) {
    const found = await check();
    if (found) return found;
    await clock("advance=1s");
  }
  throw new Error("waited in vain until " + what);
}

async function main() {
  assert.equal((await client.info()).mode, "NORMAL");
  assert.deepEqual((await client.job.list("demo")).map((job) => job.name).slice(0, 2), ["big", "disabled"]);
  assert.equal(await client.job.exists("demo/none"), false);

  // A build, with its console as a stream.
  const item = await client.job.build({ name: "demo/slow", parameters: { seconds: 20, HANDSOFF_JOB: "abcd" } });
  assert.equal((await client.queue.list())[0].id, item);
  const { number } = await until("the build starts", async () => (await client.queue.item(item)).executable);
  const info = await client.build.get("demo/slow", number);
  assert.equal(info.building, true);
  assert.equal(info.actions[0].parameters[1].value, "abcd");
  await clock("speed=25");
  const text = await new Promise((done, fail) => {
    let all = "";
    const log = client.build.logStream("demo/slow", number, { delay: 20 });
    log.on("data", (part) => (all += part));
    log.on("error", fail);
    log.on("end", () => done(all));
  });
  await clock("speed=0");
  assert.match(text, /100% done, 20s of 20s\nFinished: SUCCESS\n$/);
  assert.equal((await client.build.get("demo/slow", number)).result, "SUCCESS");
  assert.equal((await client.job.get("demo/slow")).lastSuccessfulBuild.number, number);

  // Stop and term. This client takes the redirect after a term for a failure, here as with a real Jenkins.
  const stop = () => client.build.stop("demo/hang", 1);
  const term = () => assert.rejects(client.build.term("demo/stubborn", 1), /found/);
  for (const [job, end] of [["demo/hang", stop], ["demo/stubborn", term]]) {
    await client.job.build({ name: job, parameters: { HANDSOFF_JOB: "x" } });
    await until(job + " runs", async () => (await client.job.get(job)).lastBuild);
    await end();
    await until(job + " is aborted", async () => (await client.build.get(job, 1)).result === "ABORTED");
  }

  // Jobs and views.
  const config = await client.job.config("demo/plain");
  await client.job.create("demo/fresh", config);
  await client.job.config("demo/fresh", config.replace("Has no parameters.", "Changed."));
  assert.equal((await client.job.get("demo/fresh")).description, "Changed.");
  await client.job.disable("demo/fresh");
  await client.job.enable("demo/fresh");
  await client.job.copy("fresh", "demo/copy");
  await client.job.destroy("demo/copy");
  await client.view.create("demo/some");
  await client.view.add("demo/some", "fresh");
  assert.deepEqual((await client.view.get("demo/some")).jobs.map((job) => job.name), ["fresh"]);
  await client.view.remove("demo/some", "fresh");
  await client.view.destroy("demo/some");
  await client.job.destroy("demo/fresh");
  assert.ok((await client.plugin.list()).some((plugin) => plugin.shortName === "workflow-job"));
  assert.equal((await client.label.get("built-in")).offline, false);

  // A cancel works, but this client takes the 204 of today's Jenkins for a failure.
  const waiting = await client.job.build({ name: "demo/queue", parameters: { HANDSOFF_JOB: "x" } });
  await assert.rejects(client.queue.cancel(waiting), /failed to cancel/);
  assert.equal((await client.queue.item(waiting)).cancelled, true);
  const old = new Jenkins({ baseUrl: process.env.JENKINS_OLD });
  const first = await old.job.build({ name: "demo/queue", parameters: { HANDSOFF_JOB: "x" } });
  await old.queue.cancel(first);
  assert.equal((await old.queue.item(first)).cancelled, true);

  await assert.rejects(client.job.get("demo/none"), /demo\/none not found/);
  await assert.rejects(client.job.create("demo/slow", config), /A job already exists with the name/);
  console.log("all is well");
}

main().catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
