"""The documents' own examples of the libraries; what differs is the key and the base address."""

from __future__ import annotations

PYTHON = """
    from craudiovizai import CRAudioViz

    client = CRAudioViz(api_key='YOUR_API_KEY', base_url='BASE_URL')

    # Create project
    project = client.projects.create(
        name='My Project'
    )

    # Use tool
    job = client.tools.execute('logo_maker',
        project_id=project.id,
        inputs={
            'text': 'My Company'
        }
    )

    # Wait for completion
    result = client.jobs.wait(job.id)
    print(f'Logo created: {result.url}')
"""
NODE = """
    const CRAudioViz = require('@craudiovizai/sdk');

    const client = new CRAudioViz({
      apiKey: 'YOUR_API_KEY', baseUrl: 'BASE_URL'
    });

    (async () => {
    // Create project
    const project = await client.projects.create({
      name: 'My Project'
    });

    // Use tool
    const job = await client.tools.execute('logo_maker', {
      project_id: project.id,
      inputs: {
        text: 'My Company'
      }
    });

    // Wait for completion
    const result = await client.jobs.wait(job.id);
    console.log('Logo created:', result.url);

    // Batch process images
    const { writeFileSync } = require('node:fs');
    writeFileSync('image1.png', Buffer.from(await (await fetch(result.url)).arrayBuffer()));
    const file = await client.files.upload('image1.png');
    const small = await client.tools.execute('image_resizer', { inputs: { file_id: file.id, width: 100, height: 100 } });
    const resized = await client.jobs.wait(small.id);
    console.log('Resized:', resized.url);
    })();
"""
PHP = """
    <?php
    require 'AUTOLOAD';

    use CRAudioViz\\Client;

    $client = new Client([
        'api_key' => 'YOUR_API_KEY', 'base_url' => 'BASE_URL'
    ]);

    // Create project
    $project = $client->projects->create([
        'name' => 'My Project'
    ]);

    // Use tool
    $job = $client->tools->execute('logo_maker', [
        'project_id' => $project->id,
        'inputs' => [
            'text' => 'My Company'
        ]
    ]);

    // Wait for completion
    $result = $client->jobs->wait($job->id);
    echo "Logo created: {$result->url}";
"""
PHP_ARRAYS = """
    <?php
    require 'AUTOLOAD';

    $client = new CRAudioViz\\Client(['api_key' => 'YOUR_API_KEY', 'base_url' => 'BASE_URL']);
    $made = $client->projects->create(['name' => 'One', 'tags' => ['a', 'b'], 'settings' => []]);
    $client->projects->update($made->id, ['settings' => []]);
    $client->projects->create(['name' => 'Two', 'tags' => ['a']]);
    echo $client->projects->list(['tags' => ['a', 'b'], 'limit' => 5])->total, "\\n";
    foreach ([fn () => $client->tools->execute('qr_code', ['inputs' => []]), fn () => $client->files->upload('/none')] as $call) {
        try {
            $call();
        } catch (RuntimeException $error) {
            echo $error->getMessage(), "\\n";
        }
    }
"""
CLISONIX = """
    from clisonix import ClisonixClient

    client = ClisonixClient(api_key="YOUR_API_KEY", base_url="BASE_URL")
    response = client.ocean.chat("What is AI?")
    print(response.text)
    print([event.type for event in client.ocean.stream("What is AI?")])
    print(client.users.me().email, client.analytics.summary("2026-02-01", "2026-02-02").total_requests)
"""
CLISONIX_NODE = """
    import { ClisonixClient } from '@clisonix/sdk';

    const client = new ClisonixClient({ apiKey: 'YOUR_API_KEY', baseUrl: 'BASE_URL' });
    const response = await client.ocean.chat('What is AI?');
    console.log(response.text);
    for await (const event of client.ocean.stream('What is AI?')) console.log(event.type);
"""
