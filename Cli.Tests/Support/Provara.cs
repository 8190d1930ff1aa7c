using System.Text.Json.Nodes;
using Granary.Cli.Hosting;

namespace Granary.Cli.Tests.Support;

/// <summary>What a run of the command printed.</summary>
internal sealed record Printed(int ExitCode, string Output, string Error)
{
    public JsonObject Json => JsonNode.Parse(Output)!.AsObject();

    public Printed Succeeded()
    {
        ExitCode.ShouldBe(0, Output + Error);
        return this;
    }

    public Printed Failed(int exitCode = 1)
    {
        ExitCode.ShouldBe(exitCode, Output + Error);
        return this;
    }
}

/// <summary>Runs the command in this process, as if its output were piped.</summary>
internal static class Provara
{
    public static Task<Printed> RunAsync(params string[] args) => RunAsync(null, args);

    public static async Task<Printed> RunAsync(Func<CliHost, CliHost>? world, string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var host = new CliHost { Output = output, Error = error, Environment = _ => null, VariableNames = () => [] };
        var exitCode = await ProvaraCommand.RunAsync(args, world?.Invoke(host) ?? host);
        return new Printed(exitCode, output.ToString(), error.ToString());
    }

    public static Task<Printed> WithEnvironmentAsync(string name, string value, params string[] args) =>
        RunAsync(host => host with { Environment = asked => asked == name ? value : null }, args);
}
