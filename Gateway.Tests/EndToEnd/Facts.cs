namespace Granary.Gateway.Tests.EndToEnd;

/// <summary>A test over a recording of the older server, which is read from beside the repository and never copied into it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TranscriptFactAttribute : FactAttribute
{
    public TranscriptFactAttribute()
    {
        if (Transcript.File is null)
            Skip = "The folder 'shared' with the recording is not beside the repository, and GRANARY_SHARED does not name it.";
    }
}
