// Drives the sandbox's GitHub with the client that GitHub itself makes, and checks webhooks' signatures with its library.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { MODULES, GITHUB_URL, TOKEN, SECRET } = process.env;
const load = (name) => import(pathToFileURL(`${MODULES}/${name}`));
const { Octokit } = await load("@octokit/rest/dist-src/index.js");
const { Webhooks } = await load("@octokit/webhooks/dist-bundle/index.js");

function must(condition, what) {
  if (!condition) throw new Error(what);
}

async function refused(call, status, what) {
  try {
    await call;
  } catch (error) {
    must(error.status === status, `${what}: ${error.status} ${error.message}, want ${status}`);
    return error;
  }
  throw new Error(`${what} is let through`);
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const bot = new Octokit({ baseUrl: `${GITHUB_URL}/api/v3`, auth: TOKEN, log: quiet });
const at = { owner: "acme", repo: "app" };

must((await bot.rest.users.getAuthenticated()).data.login === "handsoff", "who it is");
const pull = (await bot.rest.pulls.get({ ...at, pull_number: 1 })).data;
must(pull.head.ref === "greeting" && pull.changed_files === 1, "the pull request");
for (let i = 0; i < 45; i++) await bot.rest.issues.createComment({ ...at, issue_number: 1, body: `comment ${i}` });
const all = await bot.paginate(bot.rest.issues.listComments, { ...at, issue_number: 1, per_page: 20 });
must(all.length === 45 && all[44].body === "comment 44", `all pages have ${all.length}`);
const reaction = { ...at, comment_id: all[0].id, content: "eyes" };
must((await bot.rest.reactions.createForIssueComment(reaction)).status === 201, "a reaction");
must((await bot.rest.reactions.createForIssueComment(reaction)).status === 200, "the same reaction");
await refused(bot.rest.checks.create({ ...at, name: "x", head_sha: pull.head.sha }), 403, "a check run with a person's token");
await bot.rest.repos.createCommitStatus({ ...at, sha: pull.head.sha, state: "pending", context: "handsoff" });
must((await bot.rest.repos.getCombinedStatusForRef({ ...at, ref: "greeting" })).data.state === "pending", "the combined status");
const level = (await bot.rest.repos.getCollaboratorPermissionLevel({ ...at, username: "bob" })).data;
must(level.permission === "write" && level.role_name === "write", "bob's permission");
await refused(bot.rest.repos.getCollaboratorPermissionLevel({ ...at, username: "nobody" }), 404, "nobody's permission");
const found = await bot.rest.search.issuesAndPullRequests({ q: "is:pr is:open org:acme" });
must(found.data.total_count === 1, "the search");
const missing = await refused(bot.rest.pulls.get({ ...at, pull_number: 99 }), 404, "a missing pull request");
must(missing.response.data.documentation_url.startsWith("https://docs.github.com/"), "the error's body");
const file = (await bot.rest.repos.getContent({ ...at, path: "main.go", ref: "greeting" })).data;
must(Buffer.from(file.content, "base64").toString().includes("hello"), "the file");

const hooks = new Webhooks({ secret: SECRET });
for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { body, signature } = JSON.parse(line);
  must(await hooks.verify(body, signature), "the signature of a webhook");
  must(!(await hooks.verify(body + " ", signature)), "a changed webhook");
}
console.log("all is well");
