import * as vscode from "vscode";

// The `photoplay` program.
export function program(): string {
  const path = vscode.workspace.getConfiguration("photoplay").get<string>("path")?.trim();
  return path || "photoplay";
}

// More arguments for `photoplay watch`.
export function watchArguments(): string[] {
  return vscode.workspace.getConfiguration("photoplay").get<string[]>("watchArguments") ?? [];
}

// Shows that a program cannot be run, with the remedy.
export async function missing(error: Error): Promise<void> {
  const settings = "Open Settings";
  const chosen = await vscode.window.showErrorMessage(
    `Photoplay cannot start \`${program()}\` (${error.message}). ` +
      "Install it with `cargo install --path .` in its repository, or say where it is.",
    settings,
  );
  if (chosen === settings) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "photoplay.path");
  }
}
