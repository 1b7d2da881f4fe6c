// Signs what it reads as Slack does, and posts it: https://docs.slack.dev/authentication/verifying-requests-from-slack
//
//   node sign.js URL SECRET-FILE SECONDS-FROM-NOW <body
const { createHmac } = require("node:crypto");
const { readFileSync } = require("node:fs");

async function main([url, secretFile, offset]) {
  const body = readFileSync(0, "utf8");
  const secret = readFileSync(secretFile, "utf8").split("\n")[0].trim();
  const timestamp = Math.floor(Date.now() / 1000) + Number(offset);
  const signature = "v0=" + createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex");
  const answer = await fetch(url, {
    method: "POST", body,
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      "X-Slack-Request-Timestamp": String(timestamp), "X-Slack-Signature": signature,
    },
  });
  console.log(answer.status);
}

main(process.argv.slice(2)).catch((error) => { console.error(error); process.exitCode = 1; });
