// Drives the sandbox's Slack by Slack's own client, npm's @slack/web-api, and fails when anything is not as it expects.
// SLACK_URL and SLACK_TOKEN say where; SLACK_LIMITED is a Slack that limits rates.
"use strict";

const assert = require("node:assert/strict");
const { WebClient, ErrorCode, retryPolicies } = require("@slack/web-api");

const at = (url) => new WebClient(process.env.SLACK_TOKEN, {
  slackApiUrl: `${url}/api/`,
  retryConfig: retryPolicies.rapidRetryPolicy,
});
const web = at(process.env.SLACK_URL);

// refused says that a call is refused with an error of Slack's, and gives what Slack said.
async function refused(code, call) {
  try {
    await call;
  } catch (err) {
    assert.equal(err.code, ErrorCode.PlatformError, err.message);
    assert.equal(err.data.error, code);
    return err.data;
  }
  assert.fail(`not refused with ${code}`);
}

async function identity() {
  const who = await web.auth.test();
  assert.deepEqual([who.user_id, who.bot_id, who.team_id], ["U0HANDSOFF", "B0HANDSOFF", "T0HOME"]);
  assert.ok(who.response_metadata.scopes.length > 0);
  assert.equal((await web.bots.info({ bot: who.bot_id })).bot.user_id, who.user_id);
  await refused("invalid_auth", new WebClient("xoxb-other", { slackApiUrl: `${process.env.SLACK_URL}/api/` }).auth.test());
}

async function messages() {
  const button = { type: "button", action_id: "cancel", text: { type: "plain_text", text: "Cancel" }, style: "danger", value: "{}" };
  const blocks = [
    { type: "header", text: { type: "plain_text", text: "demo/slow" } },
    { type: "section", text: { type: "mrkdwn", text: "a &lt; b 🎉" }, accessory: button },
    { type: "actions", elements: [{ ...button, action_id: "log" }] },
  ];
  const metadata = { event_type: "handsoff_job", event_payload: { job: "abcd", n: 1 } };
  const posted = await web.chat.postMessage({ channel: "C0OPS", text: "demo/slow runs", blocks, metadata });
  assert.equal(posted.message.blocks[1].accessory.action_id, "cancel");
  assert.ok(posted.message.blocks[0].block_id);

  const reply = await web.chat.postMessage({ channel: "C0OPS", thread_ts: posted.ts, text: "step 1" });
  assert.equal(reply.message.parent_user_id, "U0HANDSOFF");
  const history = await web.conversations.history({ channel: "C0OPS", include_all_metadata: true });
  assert.equal(history.messages.length, 1);
  assert.deepEqual(history.messages[0].metadata, metadata);
  assert.equal(history.messages[0].reply_count, 1);
  const thread = await web.conversations.replies({ channel: "C0OPS", ts: posted.ts });
  assert.deepEqual(thread.messages.map((m) => m.text), ["demo/slow runs", "step 1"]);

  const changed = await web.chat.update({ channel: "C0OPS", ts: posted.ts, text: "done", blocks: [] });
  assert.equal(changed.message.text, "done");
  assert.equal(changed.message.blocks, undefined);
  const link = await web.chat.getPermalink({ channel: "C0OPS", message_ts: posted.ts });
  assert.match(link.permalink, /\/archives\/C0OPS\/p\d+$/);
  await web.chat.postEphemeral({ channel: "C0OPS", user: "U0ANN", text: "psst" });
  await web.chat.delete({ channel: "C0OPS", ts: reply.ts });

  const bad = await refused("invalid_blocks", web.chat.postMessage({
    channel: "C0OPS", text: "x", blocks: [{ type: "header", text: { type: "plain_text", text: "x".repeat(151) } }],
  }));
  assert.deepEqual(bad.response_metadata.messages, ["[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"]);
  await refused("channel_not_found", web.chat.postMessage({ channel: "C0PRIVATE", text: "x" }));
  await refused("message_not_found", web.chat.update({ channel: "C0OPS", ts: "1.1", text: "x" }));
  await refused("not_in_channel", web.conversations.history({ channel: "C0QUIET" }));
}

async function places() {
  const names = [];
  for await (const page of web.paginate("conversations.list", { limit: 2, types: "public_channel,private_channel" })) {
    assert.ok(page.channels.length <= 2);
    names.push(...page.channels.map((c) => c.name));
  }
  assert.deepEqual(names.sort(), ["admins", "general", "old", "ops", "quiet", "shared"]);
  assert.equal((await web.conversations.info({ channel: "C0SHARED" })).channel.is_ext_shared, true);
  assert.ok((await web.conversations.members({ channel: "C0OPS" })).members.includes("U0ANN"));
  const direct = await web.conversations.open({ users: "U0ANN" });
  await web.chat.postMessage({ channel: direct.channel.id, text: "hello" });
  assert.equal((await web.conversations.open({ users: "U0ANN" })).already_open, true);
  await web.conversations.join({ channel: "C0QUIET" });
}

async function people() {
  assert.equal((await web.users.info({ user: "U0GUEST" })).user.is_restricted, true);
  await refused("user_not_found", web.users.info({ user: "U0NOBODY" }));
  const everybody = [];
  for await (const page of web.paginate("users.list", { limit: 4 })) everybody.push(...page.members);
  assert.equal(everybody.length, 9);
  const groups = await web.usergroups.list({ include_users: true });
  assert.deepEqual(groups.usergroups[0].users, ["U0ANN", "U0BOB"]);
  assert.equal((await web.usergroups.users.list({ usergroup: "S0OPS" })).users.length, 2);
}

async function views() {
  const view = { type: "home", blocks: [{ type: "section", text: { type: "mrkdwn", text: "*Jobs*" } }] };
  const first = await web.views.publish({ user_id: "U0ANN", view });
  await web.views.publish({ user_id: "U0ANN", view, hash: first.view.hash });
  await refused("hash_conflict", web.views.publish({ user_id: "U0ANN", view, hash: first.view.hash }));
  await refused("invalid_trigger_id", web.views.open({ trigger_id: "1.2.x", view: { ...view, type: "modal" } }));
  const bad = await refused("invalid_arguments", web.views.publish({ user_id: "U0ANN", view: { type: "home", blocks: [{ type: "x" }] } }));
  assert.deepEqual(bad.response_metadata.messages, ["[ERROR] unsupported type: x [json-pointer:/view/blocks/0/type]"]);
}

// limits posts faster than is allowed: the client waits as it is told, and nothing is lost.
async function limits() {
  const strict = at(process.env.SLACK_LIMITED);
  let waited = 0;
  strict.on("rate_limited", (seconds) => { assert.equal(seconds, 1); waited++; });
  const post = (i) => strict.chat.postMessage({ channel: "C0OPS", text: `${i}` });
  for (let i = 0; i < 6; i += 2) await Promise.all([post(i), post(i + 1)]);
  assert.ok(waited > 0, "it was never told to wait");
  const said = (await strict.conversations.history({ channel: "C0OPS" })).messages.map((m) => m.text);
  assert.deepEqual(said.sort(), ["0", "1", "2", "3", "4", "5"]);
}

(async () => {
  for (const part of [identity, messages, places, people, views, limits]) await part();
  console.log("all is well");
})().catch((err) => {
  console.error(err);
  process.exit(1);
});
