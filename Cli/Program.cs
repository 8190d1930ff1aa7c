using Granary.Cli;
using Granary.Cli.Hosting;

return await ProvaraCommand.RunAsync(args, CliHost.OfProcess());
