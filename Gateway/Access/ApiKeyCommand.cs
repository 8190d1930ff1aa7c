using System.CommandLine;
using System.Security.Cryptography;

namespace Granary.Gateway.Access;

/// <summary><c>keys add</c>: makes an API key, stores its salted hash, and shows the key once.</summary>
internal static class ApiKeyCommand
{
    public static Command Create()
    {
        var file = new Option<string>("--file") { Description = "The key file to add to", Required = true };
        var tenant = new Option<string>("--tenant") { Description = "The tenant the key is for", Required = true };
        var scopes = new Option<string>("--scopes")
        {
            Description = $"What it may do, separated by commas: {string.Join(", ", Scopes.Known)}",
            DefaultValueFactory = _ => Scopes.All,
        };
        var id = new Option<string?>("--id") { Description = "A name for logs (default: random)" };
        var add = new Command("add", "Make an API key and print it; only a salted hash is kept.") { file, tenant, scopes, id };
        add.SetAction(given => Add(given.GetRequiredValue(file), given.GetRequiredValue(tenant), given.GetRequiredValue(scopes), given.GetValue(id)));
        return add;
    }

    private static int Add(string file, string tenant, string scopes, string? id)
    {
        id ??= Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var (text, salt, hash) = ApiKey.Create(id);
        var entry = new ApiKeyEntry(id, tenant, scopes.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), salt, hash);
        if (entry.Problem() is { } problem)
        {
            Console.Error.WriteLine($"Error: {problem}");
            return 2;
        }
        try
        {
            ApiKeyFile.Add(file, entry);
        }
        catch (InvalidDataException e)
        {
            Console.Error.WriteLine($"Error: {e.Message}");
            return 2;
        }
        Console.WriteLine(text);
        return 0;
    }
}
