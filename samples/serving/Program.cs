// An application of your own with a served model in it. README.md tells how to run it.
WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
string? key = builder.Configuration["ApiKey"];

builder.Services.AddSoftPromptModel(builder.Configuration["Model"] ?? "water.zip", options =>
{
    options.Stride = 6;
    options.MaxValuesPerSeries = 20_000;
});

WebApplication app = builder.Build();
// All three endpoints ask for the key, where one is set.
app.MapSoftPrompt("/anomalies").AddEndpointFilter((context, next) => key is null || context.HttpContext.Request.Headers["X-Api-Key"] == key
    ? next(context)
    : ValueTask.FromResult<object?>(Results.Problem("The header X-Api-Key is missing or wrong.", statusCode: StatusCodes.Status401Unauthorized)));
app.Run();
