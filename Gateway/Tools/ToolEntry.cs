using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Granary.Gateway.Access;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Schemas;
using Granary.Vault.Canonical;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools;

/// <summary>A tool with what is made of its definition once, at start.</summary>
internal sealed partial class ToolEntry
{
    private readonly InputSchema _input;

    /// <exception cref="InvalidOperationException">The definition is not what it must be; the message names the tool and the fix.</exception>
    public ToolEntry(ITool tool)
    {
        Tool = tool;
        Target = tool.Scope is { } scope ? CallTarget.Of(scope) with { Tool = tool.Definition.Name } : null;
        var definition = tool.Definition;
        Digest = DigestOf(definition);
        if (!NamePattern().IsMatch(definition.Name))
            throw new InvalidOperationException($"The tool name '{definition.Name}' is not 1 to 128 of A-Z a-z 0-9 _ . - (rule X2).");
        try
        {
            if (definition.InputSchema.ValueKind != JsonValueKind.Object
                || !definition.InputSchema.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() != "object")
            {
                throw new JsonSchemaException("", "the input schema's root must have \"type\": \"object\".");
            }
            _input = new InputSchema(definition.InputSchema, tool.TakesAny);
            if (definition.OutputSchema is { } output)
                JsonSchema.Compile(output);
            Headers = McpHeaderParameters.Read(definition.InputSchema);
        }
        catch (JsonSchemaException e)
        {
            throw new InvalidOperationException($"The tool '{definition.Name}': {e.Message}", e);
        }
    }

    public ITool Tool { get; }

    /// <summary>
    /// The SHA-256 of the definition as lists have it, without its <c>_meta</c>, in canonical form: clients that keep it see when a tool is not the one
    /// that they approved.
    /// </summary>
    public string Digest { get; }

    /// <summary>What every call of it takes at least; null for nothing.</summary>
    public CallTarget? Target { get; }

    /// <summary>The arguments that clients repeat in <c>Mcp-Param-*</c> headers (rule M13).</summary>
    public IReadOnlyList<McpHeaderParameter> Headers { get; }

    /// <summary>What is wrong with a call's arguments, in one text; null when nothing is, and then they are as the schema has them.</summary>
    public string? Problems(ref JsonElement arguments)
    {
        if (Tool.ChecksItsArguments)
            return null;
        var problems = _input.Read(arguments, out arguments);
        return problems.Count == 0 ? null : $"Invalid arguments for {Tool.Definition.Name}: {string.Join("; ", problems.Select(p => p.Message))}.";
    }

    private static string DigestOf(Tool definition)
    {
        var listed = JsonNode.Parse(Wire.Bytes(definition))!.AsObject();
        listed.Remove("_meta");
        return Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(listed.ToJsonString()))));
    }

    [GeneratedRegex(@"^[A-Za-z0-9_.-]{1,128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
