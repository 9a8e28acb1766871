import { Presets, SingleBar } from 'cli-progress';

/** How far a long command is. */
export interface Step {
  phase: string;
  done: number;
  /** Absent: nobody knows how much there is. */
  total?: number;
  /** Per second. */
  rate?: number;
}

export interface ProgressView {
  show(step: Step): void;
  end(): void;
}

const LINE_EVERY_MS = 2_000;

/** Progress on stderr: a bar on a terminal, else a line every two seconds and at each new phase. */
export function progressView(unit: string, stream = process.stderr): ProgressView {
  return stream.isTTY ? bar(unit, stream) : lines(unit, stream);
}

function bar(unit: string, stream: NodeJS.WriteStream): ProgressView {
  const view = new SingleBar(
    {
      format: `{phase} [{bar}] {value}/{total} ${unit} {rate}/s`,
      stream,
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 100,
    },
    Presets.legacy,
  );
  let phase: string | undefined;
  return {
    show(step) {
      const payload = { phase: step.phase, rate: step.rate ?? 0 };
      if (phase !== step.phase) {
        if (phase !== undefined) view.stop();
        phase = step.phase;
        view.start(step.total ?? step.done, step.done, payload);
      } else {
        view.setTotal(step.total ?? step.done);
        view.update(step.done, payload);
      }
    },
    end() {
      if (phase !== undefined) view.stop();
    },
  };
}

function lines(unit: string, stream: NodeJS.WriteStream): ProgressView {
  let phase: string | undefined;
  let told = 0;
  return {
    show({ phase: now, done, total, rate }) {
      if (now === phase && Date.now() - told < LINE_EVERY_MS) return;
      phase = now;
      told = Date.now();
      const of = total === undefined ? '' : ` of ${String(total)}`;
      const speed = rate === undefined || rate === 0 ? '' : `, ${String(rate)}/s`;
      stream.write(`${now}: ${String(done)}${of} ${unit}${speed}\n`);
    },
    end() {
      phase = undefined;
    },
  };
}
