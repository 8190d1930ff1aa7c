using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools.Vaults;

/// <summary>A tool's definition in few words. Schemas are made of the members of their <c>properties</c>.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Title">A name for people.</param>
/// <param name="Description">What it does, for a model; short.</param>
internal sealed record OperationDefinition(string Name, string Title, string Description)
{
    /// <summary>The argument every writing tool has.</summary>
    public const string IdempotencyKey = "idempotency_key";

    /// <summary>The vault's operation that it is, where that has another name.</summary>
    public string Operation { get; init; } = Name;

    /// <summary>How it names the vault.</summary>
    public VaultArgument Vault { get; init; } = VaultArgument.VaultPath;

    /// <summary>Its other arguments.</summary>
    public string Input { get; init; } = "";

    /// <summary>Which of them are required.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>What the operation is given where the caller says nothing: values in JSON, also of arguments that the tool does not have.</summary>
    public IReadOnlyList<(string Name, string Json)> Defaults { get; init; } = [];

    /// <summary>Arguments that are another name for one of the operation's.</summary>
    public IReadOnlyList<(string Name, string Meant)> SameAs { get; init; } = [];

    /// <summary>Arguments that go into an event, and so keep the way a number is written.</summary>
    public IReadOnlyList<string> Keeps { get; init; } = [];

    /// <summary>Arguments that take any JSON value, whatever their schema says.</summary>
    public IReadOnlyList<string> TakesAny { get; init; } = [];

    /// <summary>The members of its result.</summary>
    public string Output { get; init; } = "";

    /// <summary>Which of them may be missing.</summary>
    public IReadOnlyList<string> Sometimes { get; init; } = [];

    public ToolEffect Effect { get; init; } = ToolEffect.Reads;

    /// <summary>Whether it may take a while, and says how far it is.</summary>
    public bool IsLong { get; init; }

    /// <summary>Whether the result begins with the vault's name as <c>vault_path</c>.</summary>
    public bool TellsVault { get; init; }

    /// <summary>Writes members of the tool's result that follow from the operation's.</summary>
    public Action<JsonElement, Utf8JsonWriter>? Adds { get; init; }

    /// <summary>What no schema says in the words that clients look for: a sentence, or null where the arguments are right.</summary>
    public Func<JsonElement, string?>? Check { get; init; }

    public Tool ToTool()
    {
        var key = Effect.ReadOnly
            ? ""
            : $$"""
              "{{IdempotencyKey}}":{"type":"string","minLength":1,"maxLength":128,"description":"The same key with the same arguments is carried out once"}
              """;
        return ToolDefinition.Create(
            Name, Title, Description,
            Schema([Vault.Properties, Input, key], [.. Vault.Required, .. Required]),
            OutputSchema(),
            Effect.ToAnnotations());
    }

    private string OutputSchema()
    {
        var vault = TellsVault ? """ "vault_path":{"type":"string"} """ : "";
        using var properties = JsonDocument.Parse($"{{{Join([vault, Output])}}}");
        var always = properties.RootElement.EnumerateObject().Select(p => p.Name).Where(n => !Sometimes.Contains(n));
        return Schema([vault, Output], [.. always]);
    }

    private static string Schema(string[] properties, string[] required) =>
        $"{{\"type\":\"object\",\"properties\":{{{Join(properties)}}},\"required\":[{string.Join(',', required.Select(r => $"\"{r}\""))}]}}";

    private static string Join(IEnumerable<string> members) => string.Join(',', members.Where(m => !string.IsNullOrWhiteSpace(m)));
}
