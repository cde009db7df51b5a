// Shows the walkthrough as VS Code does after an installation, which `npm start` is not. The extension itself never does.
const vscode = require('vscode');

exports.activate = () =>
  vscode.commands.executeCommand(
    'workbench.action.openWalkthrough',
    'ninjaone-community.ninjaone-authentication#getStarted',
  );
