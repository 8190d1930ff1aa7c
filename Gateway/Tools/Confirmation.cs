using Granary.Gateway.Invocation;
using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools;

/// <summary>A word from the person at the client before what cannot be undone.</summary>
internal static class Confirmation
{
    public const string Refused = "The user did not confirm; nothing was changed.";

    /// <summary>Whether the client can show a form.</summary>
    public static bool CanAsk(Call call) => call.ClientCapabilities.Elicitation is { } elicitation && (elicitation.Form is not null || elicitation.Url is null);

    /// <summary>Whether the person wants it.</summary>
    /// <param name="call">The call, which may end here and come again with the answer.</param>
    /// <param name="what">What is about to happen, as a sentence.</param>
    /// <param name="state">What the call needs to know when it comes again.</param>
    public static async ValueTask<bool> AskAsync(Call call, string what, string? state = null)
    {
        var question = InputRequest.ForElicitation(new ElicitRequestParams
        {
            Message = $"{what} This cannot be undone. Do it?",
            RequestedSchema = new ElicitRequestParams.RequestSchema
            {
                Properties = { ["confirm"] = new ElicitRequestParams.BooleanSchema { Title = "Confirm", Description = "true makes the change" } },
                Required = ["confirm"],
            },
        });
        var responses = await call.AskAsync(new Dictionary<string, InputRequest> { ["confirm"] = question }, state);
        return responses["confirm"].Deserialize(InputResponse.ElicitResultJsonTypeInfo) is { Action: "accept", Content: { } content }
            && content.TryGetValue("confirm", out var confirmed) && confirmed.ValueKind == System.Text.Json.JsonValueKind.True;
    }
}
