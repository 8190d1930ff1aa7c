using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Gateway.Access;
using Granary.Gateway.Invocation;
using Granary.Instana;
using Granary.Instana.Operations;

namespace Granary.Gateway.Resources;

/// <summary>Reads from the caller's unit with the caller's own credential, for what is no tool: resources, and completion from the catalogs.</summary>
internal sealed class InstanaReader(InstanaAccess access)
{
    private const int MaxValue = 200;

    /// <summary>How long a catalog stays as it is read.</summary>
    public TimeSpan CatalogLifetime => access.CatalogLifetime;

    public async Task<InstanaResult> AskAsync(Call call, string tool, string? resource, string operation, string parameters)
    {
        if (!access.TryConnect(call, unit: null, CallTarget.Of(Scopes.InstanaRead), out var instana, out var problem))
            return new InstanaResult(Encoding.UTF8.GetBytes(new JsonObject { ["error"] = problem }.ToJsonString()), IsError: true);
        return await instana.CallAsync(
            new InstanaCall(tool, resource, operation, Encoding.UTF8.GetBytes(parameters)) { Tracking = call.Tracking, Deadline = call.Deadline }, call.Cancellation);
    }

    /// <summary>Entries of a catalog that contain what was typed; none where the caller may not read, or the backend does not answer.</summary>
    /// <param name="call">What is typed, and who types.</param>
    /// <param name="catalog">The catalog; <c>applications</c> for names, <c>applications.id</c> for ids.</param>
    /// <param name="value">What was typed, which in a list is its last item.</param>
    /// <param name="plugin">The plugin, for what infrastructure has.</param>
    public async ValueTask<IReadOnlyList<string>> FindAsync(CompletionCall call, string catalog, string value, string? plugin = null)
    {
        if (!call.Allows(CallTarget.Of(Scopes.InstanaRead)) || value.Length > MaxValue)
            return [];
        var isId = catalog.EndsWith(".id", StringComparison.Ordinal);
        var parameters = new JsonObject { ["catalog"] = isId ? catalog[..^3] : catalog, ["value"] = value, ["max_chars"] = 100_000 };
        if (plugin is not null)
            parameters["payload"] = new JsonObject { ["type"] = plugin };
        var result = await AskAsync(call, InstanaTools.Lookup, null, "find", parameters.ToJsonString());
        if (result.IsError)
            return [];
        using var document = JsonDocument.Parse(result.Json);
        return [.. document.RootElement.GetProperty("results").GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty(isId ? "id" : "label").GetString()!).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal)];
    }
}
