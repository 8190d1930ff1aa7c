using Granary.Cli;
using Granary.Cli.Hosting;

// On another thread nothing else could turn a fault into a line and a code.
AppDomain.CurrentDomain.UnhandledException += (_, fault) =>
{
    Console.Error.WriteLine(FailureText.Explain("provara", (Exception)fault.ExceptionObject));
    Environment.Exit(1);
};
return await ProvaraCommand.RunAsync(args, CliHost.OfProcess());
