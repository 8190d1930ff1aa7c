using Granary.Cli.Hosting;

namespace Granary.Cli.Vaults;

/// <summary>JSON given on the command line: the text itself, <c>@file</c>, or <c>@-</c> for standard input.</summary>
internal static class JsonArgument
{
    public static async Task<byte[]> ReadAsync(string given, CancellationToken cancellation)
    {
        if (!given.StartsWith('@'))
            return System.Text.Encoding.UTF8.GetBytes(given);
        if (given == "@-")
        {
            using var all = new MemoryStream();
            await Console.OpenStandardInput().CopyToAsync(all, cancellation);
            return all.ToArray();
        }
        var file = given[1..];
        return File.Exists(file)
            ? await File.ReadAllBytesAsync(file, cancellation)
            : throw new CliFailure("The file with the JSON is missing", $"{file} does not exist", "check the path behind the @");
    }
}
