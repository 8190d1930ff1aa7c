using System.Text.Json;
using Granary.Gateway.Schemas;
using Granary.Tenants;

namespace Granary.Gateway.Api;

/// <summary>A request's body: a JSON object by a schema.</summary>
internal sealed class ApiBody(string schema)
{
    private readonly InputSchema _schema = InputSchema.Parse(schema);

    /// <exception cref="TenantException">It is not; the message names the members and what they take.</exception>
    public JsonElement Read(ReadOnlyMemory<byte> bytes)
    {
        JsonElement body;
        try
        {
            using var document = JsonDocument.Parse(bytes);
            body = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new TenantException(TenantFailure.InvalidInput, "The body is not JSON: send an object in UTF-8.");
        }
        var problems = _schema.Read(body, out body, "body");
        return problems.Count == 0
            ? body
            : throw new TenantException(TenantFailure.InvalidInput, $"The body cannot be used: {string.Join("; ", problems.Select(p => p.Message))}.");
    }
}
