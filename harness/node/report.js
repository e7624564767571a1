// Binding `report`: diagnostic reports. Their settings are kept; nothing is ever written.
(function (host, ctx) {
  'use strict';
  const settings = {
    Compact: false, ExcludeNetwork: false, ExcludeEnv: false, Directory: '', Filename: '', Signal: 'SIGUSR2',
  };
  const flags = { ReportOnFatalError: false, ReportOnSignal: false, ReportOnUncaughtException: false };
  const binding = {
    writeReport() { throw ctx.unsupported('report', 'writeReport'); },
    getReport: () => '{"header":{"reportVersion":3}}',
  };
  for (const name in settings) {
    binding[`get${name}`] = () => settings[name];
    binding[`set${name}`] = (value) => { settings[name] = value; };
  }
  for (const name in flags) {
    binding[`should${name}`] = () => flags[name];
    binding[`set${name}`] = (value) => { flags[name] = value; };
  }
  return binding;
})
