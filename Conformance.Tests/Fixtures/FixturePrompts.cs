using Granary.Gateway.Invocation;
using Granary.Gateway.Prompts;
using ModelContextProtocol.Protocol;

namespace Granary.Conformance.Tests.Fixtures;

internal abstract class FixturePrompt(string name, string description, params string[] arguments) : IPrompt
{
    public Prompt Definition { get; } = new()
    {
        Name = name,
        Description = description,
        Arguments = [.. arguments.Select(a => new PromptArgument { Name = a, Description = $"The argument {a}", Required = true })],
    };

    public IReadOnlyList<string> Categories => [];

    public abstract ValueTask<GetPromptResult> GetAsync(PromptCall call);

    public virtual ValueTask<IReadOnlyList<string>> CompleteAsync(CompletionCall call) => new([]);

    protected static ValueTask<GetPromptResult> User(params ContentBlock[] blocks) =>
        new(new GetPromptResult { Messages = [.. blocks.Select(b => new PromptMessage { Role = Role.User, Content = b })] });
}

internal sealed class SimplePrompt() : FixturePrompt("test_simple_prompt", "A prompt without arguments")
{
    public override ValueTask<GetPromptResult> GetAsync(PromptCall call) => User(new TextContentBlock { Text = "This is a simple prompt for testing." });
}

internal sealed class PromptWithArguments() : FixturePrompt("test_prompt_with_arguments", "A prompt with two arguments", "arg1", "arg2")
{
    private static readonly string[] Words = ["paris", "park", "party", "test", "testing"];

    public override ValueTask<GetPromptResult> GetAsync(PromptCall call) =>
        User(new TextContentBlock { Text = $"Prompt with arguments: arg1='{call.Argument("arg1")}', arg2='{call.Argument("arg2")}'" });

    public override ValueTask<IReadOnlyList<string>> CompleteAsync(CompletionCall call) =>
        new([.. Words.Where(w => w.StartsWith(call.Value, StringComparison.Ordinal))]);
}

internal sealed class PromptWithEmbeddedResource() : FixturePrompt("test_prompt_with_embedded_resource", "A prompt with a resource in it", "resourceUri")
{
    public override ValueTask<GetPromptResult> GetAsync(PromptCall call) => User(
        new EmbeddedResourceBlock
        {
            Resource = new TextResourceContents
            {
                Uri = call.Argument("resourceUri")!,
                MimeType = "text/plain",
                Text = "Embedded resource content for testing.",
            },
        },
        new TextContentBlock { Text = "Please process the embedded resource above." });
}

internal sealed class PromptWithImage() : FixturePrompt("test_prompt_with_image", "A prompt with an image in it")
{
    public override ValueTask<GetPromptResult> GetAsync(PromptCall call) =>
        User(FixtureTool.Image(), new TextContentBlock { Text = "Please analyze the image above." });
}

internal sealed class InputRequiredPrompt() : FixturePrompt("test_input_required_result_prompt", "A prompt that asks the user first")
{
    public override async ValueTask<GetPromptResult> GetAsync(PromptCall call)
    {
        var answer = await call.AskAsync("user_context", FixtureTool.Ask("""
            {"method":"elicitation/create","params":{"message":"What context should the prompt use?",
             "requestedSchema":{"type":"object","properties":{"context":{"type":"string"}},"required":["context"]}}}
            """));
        return await User(new TextContentBlock { Text = $"Use this context: {Answers.Field(answer, "context")}" });
    }
}
