// Times encoder.onnx in ONNX Runtime on request:
//   node ort_encoder.mjs PATH/encoder.onnx THREADS
// in a folder where the npm package onnxruntime-node is installed. Reads lines "forward BATCH LENGTH RUNS" and answers each with the
// median of the milliseconds.
import { createRequire } from "node:module";
import path from "node:path";
import readline from "node:readline";
const ort = createRequire(path.join(process.cwd(), "package.json"))("onnxruntime-node");
const session = await ort.InferenceSession.create(process.argv[2], { intraOpNumThreads: Number(process.argv[3]), executionProviders: ["cpu"] });
console.log("ready", ort.env?.versions?.node ?? "");
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [, batch, length, runs] = line.split(" ");
  const rows = Float32Array.from({ length: batch * length * 384 }, () => Math.random() - 0.5);
  const feed = { inputs_embeds: new ort.Tensor("float32", rows, [Number(batch), Number(length), 384]) };
  await session.run(feed);
  const times = [];
  for (let i = 0; i < Number(runs); i++) {
    const start = performance.now();
    await session.run(feed);
    times.push(performance.now() - start);
  }
  console.log(times.sort((a, b) => a - b)[times.length >> 1]);
}
