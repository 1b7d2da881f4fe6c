// An app made with Slack's own framework. It says what it was told of, one line of JSON each, and answers in every way
// that a person can see. bolt itself checks every signature.
"use strict";
const { App, HTTPReceiver, LogLevel } = require("@slack/bolt");

const tell = (what, more) => process.stdout.write(JSON.stringify({ what, ...more }) + "\n");
const receiver = new HTTPReceiver({ signingSecret: process.env.SIGNING_SECRET, endpoints: ["/slack"], logLevel: LogLevel.ERROR });
const app = new App({
  receiver,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: process.env.SLACK_URL + "/api/", retryConfig: { retries: 0 } },
  token: process.env.SLACK_TOKEN,
});

app.command("/handsoff", async ({ command, ack, respond }) => {
  await ack(`I was told: ${command.text}`);
  await respond({ text: "and *later* this", response_type: "in_channel" });
  tell("command", { text: command.text, user: command.user_id, channel: command.channel_id });
});
app.event("app_mention", async ({ event, say }) => {
  await say({ text: `yes, <@${event.user}>?`, thread_ts: event.thread_ts || event.ts });
  tell("app_mention", { text: event.text, ts: event.ts });
});
app.message(async ({ message }) => tell("message", { subtype: message.subtype, text: message.text, ts: message.ts, thread: message.thread_ts, files: (message.files || []).map((f) => f.name) }));
app.event("app_home_opened", async ({ event, client }) => {
  await client.views.publish({ user_id: event.user, view: { type: "home", blocks: [
    { type: "section", text: { type: "mrkdwn", text: `Welcome <@${event.user}>` } },
    { type: "actions", block_id: "home", elements: [{ type: "button", action_id: "go", value: "1", text: { type: "plain_text", text: "Go" } }] },
  ] } });
  tell("app_home_opened", { tab: event.tab });
});
app.event("link_shared", async ({ event }) => tell("link_shared", { links: event.links.map((l) => l.url) }));
app.event("user_change", async ({ event }) => tell("user_change", { user: event.user.id, deleted: event.user.deleted }));
app.event("subteam_members_changed", async ({ event }) => tell("subteam_members_changed", { added: event.added_users, removed: event.removed_users }));
app.action("go", async ({ ack, action, body }) => {
  await ack();
  tell("action", { value: action.value, from: body.container.type, view: body.view && body.view.type });
});
app.shortcut("run", async ({ ack, shortcut, client }) => {
  await ack();
  await client.views.open({ trigger_id: shortcut.trigger_id, view: modal("Run") });
  tell("shortcut", { user: shortcut.user.id });
});
app.options("job", async ({ ack, options }) => {
  await ack({ options: ["demo/slow", "demo/fail"].filter((name) => name.includes(options.value)).map((name) => ({ text: { type: "plain_text", text: name }, value: name })) });
});
app.view("form", async ({ ack, view }) => {
  const { seconds, job } = view.state.values;
  const n = Number(seconds.n.value);
  if (n > 60) await ack({ response_action: "errors", errors: { seconds: "At most 60." } });
  else if (n === 60) await ack({ response_action: "push", view: modal("Sure?") });
  else await ack();
  tell("view", { seconds: n, job: job.job.selected_option.value, title: view.title.text });
});
app.view({ callback_id: "form", type: "view_closed" }, async ({ ack, view }) => {
  await ack();
  tell("view_closed", { title: view.title.text });
});
app.error(async (error) => tell("error", { text: String(error) }));

function modal(title) {
  return {
    type: "modal", callback_id: "form", notify_on_close: true,
    title: { type: "plain_text", text: title }, submit: { type: "plain_text", text: "Start" },
    blocks: [
      { type: "input", block_id: "job", label: { type: "plain_text", text: "Job" }, element: { type: "external_select", action_id: "job", min_query_length: 0, placeholder: { type: "plain_text", text: "Which" } } },
      { type: "input", block_id: "seconds", label: { type: "plain_text", text: "Seconds" }, element: { type: "number_input", is_decimal_allowed: false, action_id: "n", initial_value: "30" } },
    ],
  };
}

(async () => {
  const server = await app.start({ port: 0, host: "127.0.0.1" });
  tell("up", { port: server.address().port });
})();
