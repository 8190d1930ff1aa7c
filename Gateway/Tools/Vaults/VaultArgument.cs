using System.Text.Json;
using Granary.Tenants;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>
/// How a tool names its vault. Provara's servers disagree (specification, 10.1 to 10.4): <c>vault_path</c>, <c>path</c>, or a vault of the
/// process; where they share a tool's name, one tool takes what each of them took.
/// </summary>
internal sealed class VaultArgument
{
    private const string Text = "Name of the vault inside your tenant, for example \\\"team/notes\\\". \\\"/app/vault\\\" and \\\"./vault\\\" are names too.";

    private readonly string[] _names;

    private VaultArgument(string properties, bool required, bool hasDefault, params string[] names)
    {
        Properties = properties;
        _names = names;
        Required = required ? names : [];
        HasDefault = hasDefault;
    }

    /// <summary><c>vault_path</c>, required.</summary>
    public static VaultArgument VaultPath { get; } = new(Property("vault_path", Text), true, false, "vault_path");

    /// <summary><c>path</c>, required.</summary>
    public static VaultArgument Path { get; } = new(Property("path", Text), true, false, "path");

    /// <summary><c>vault_path</c> or <c>path</c>, one of them required; a schema's root cannot say so to every client.</summary>
    public static VaultArgument Either { get; } = new(
        $"{Property("vault_path", $"Required. {Text}")},{Property("path", "The same as vault_path")}", false, false, "vault_path", "path");

    /// <summary><c>vault_path</c> or <c>path</c>; without them the vault that <c>GRANARY_DEFAULT_VAULT</c> names.</summary>
    public static VaultArgument OrDefault { get; } = new(
        $"{Property("vault_path", $"{Text} The server's default vault where it is left out.")},{Property("path", "The same as vault_path")}",
        false, true, "vault_path", "path");

    /// <summary>Members of an input schema's <c>properties</c>.</summary>
    public string Properties { get; }

    /// <summary>What an input schema must require.</summary>
    public IReadOnlyList<string> Required { get; }

    /// <summary>Whether it can be left out.</summary>
    public bool HasDefault { get; }

    /// <summary>Whether a tool's argument of this name says which vault, and is nothing for the vault itself.</summary>
    public bool Names(string argument) => Array.IndexOf(_names, argument) >= 0;

    /// <summary>The property of one name.</summary>
    public static string Property(string name, string description) => $$"""
        "{{name}}":{"type":"string","description":"{{description}}"}
        """;

    /// <summary>Reads which vault is meant; otherwise says what is wrong with the argument.</summary>
    public bool TryRead(JsonElement arguments, string byDefault, out VaultName vault, out string? problem)
    {
        foreach (var name in _names)
        {
            if (arguments.TryGetProperty(name, out var value))
                return TryRead(name, value.GetString(), out vault, out problem);
        }
        return TryRead(_names[0], HasDefault ? byDefault : null, out vault, out problem);
    }

    /// <summary>Reads a vault's name from the argument that gives it.</summary>
    public static bool TryRead(string argument, string? text, out VaultName vault, out string? problem)
    {
        var valid = VaultName.TryParse(text, out vault, out problem);
        problem = problem?.Replace("vault_path", argument, StringComparison.Ordinal);
        return valid;
    }
}
