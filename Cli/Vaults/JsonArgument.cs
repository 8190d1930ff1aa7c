using Granary.Cli.Hosting;

namespace Granary.Cli.Vaults;

/// <summary>JSON given on the command line: the text itself, <c>@file</c>, or <c>@-</c> for standard input.</summary>
internal static class JsonArgument
{
    public static async Task<byte[]> ReadAsync(string given, CancellationToken cancellation)
    {
        if (!given.StartsWith('@'))
            return System.Text.Encoding.UTF8.GetBytes(given);
        if (given == "@")
            throw new CliFailure("The file with the JSON is not named", "after @ there is nothing", "write @FILE, @- for standard input, or the JSON itself");
        return given == "@-"
            ? await OutsideFile.ReadAsync(Console.OpenStandardInput(), cancellation)
            : OutsideFile.Read(given[1..], "The file with the JSON");
    }
}
